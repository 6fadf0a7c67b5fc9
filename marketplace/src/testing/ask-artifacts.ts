import { createHash } from 'node:crypto';
import type { RouteContract } from '@node3/shared/contract';
import { type ExecutionOffer, reportResult } from '@node3/shared/routes/agents';
import * as routes from '@node3/shared/routes/artifacts';
import { createJob, type JobDetail } from '@node3/shared/routes/jobs';
import { Check } from 'typebox/value';
import { fenceOf, successResult } from './test-agent.ts';
import { testJob } from './test-marketplace.ts';

type Ask = (contract: RouteContract, apiKey: string | null, args: object) => Promise<unknown>;
/** Calls with bytes as the body, or with headers of its own, and compares the answer. */
type AskRaw = (
  contract: RouteContract,
  apiKey: string,
  args: { params: Record<string, string>; body?: Uint8Array; headers?: Record<string, string> },
) => Promise<unknown>;

/** JSON, so that an answer with it can be read like any other. */
const content = Buffer.from('"bytes"');
const sha256 = createHash('sha256').update(content).digest('hex');

/** Asks every endpoint for files once: of a requester, and of a job. @returns the job that made one. */
export async function askFiles(given: {
  ask: Ask;
  url: string;
  checked: Set<string>;
  keys: { requester: string; agent: string };
  takeOffer(agentKey: string): Promise<ExecutionOffer>;
}): Promise<string> {
  const { ask, keys } = given;
  const raw = askRaw(given.url, given.checked);
  const inputId = await askArtifacts(ask, raw, keys.requester);
  const source = { kind: 'artifact' as const, artifactId: inputId };
  const body = testJob({ inputs: [{ path: 'in.json', source }] });
  const { jobId } = (await ask(createJob, keys.requester, { body })) as JobDetail;
  const offer = await given.takeOffer(keys.agent);
  await askOutputs(ask, raw, { agentKey: keys.agent, offer, inputId });
  const params = { executionId: offer.executionId };
  const result = { ...fenceOf(offer), result: successResult };
  await ask(reportResult, keys.agent, { params, body: result });
  await ask(routes.listJobArtifacts, keys.requester, { params: { jobId } });
  return offer.jobId;
}

/** Asks every endpoint for a requester's artifacts once. @returns one that can be an input. */
async function askArtifacts(ask: Ask, raw: AskRaw, apiKey: string): Promise<string> {
  const body = { name: 'a b.json', bytes: content.length, mediaType: 'application/json' };
  const upload = (await ask(routes.createUpload, apiKey, { body })) as routes.UploadView;
  const { artifactId } = upload;
  const params = { artifactId };
  await raw(routes.putUploadPart, apiKey, { params: { ...params, offset: '0' }, body: content });
  await ask(routes.getUpload, apiKey, { params });
  await ask(routes.completeUpload, apiKey, { params, body: { sha256 } });
  await ask(routes.getUpload, apiKey, { params });
  await ask(routes.getArtifact, apiKey, { params });
  await ask(routes.getArtifactContent, apiKey, { params });
  await ask(routes.listArtifacts, apiKey, { query: {} });
  await ask(routes.listRemovedArtifacts, apiKey, { query: {} });
  const linked = (await ask(routes.createArtifactLink, apiKey, { params, body: {} })) as {
    url: string;
  };
  const query = Object.fromEntries(new URL(linked.url, 'http://x').searchParams);
  await ask(routes.downloadByLink, null, { params, query });
  await ask(routes.revokeArtifactLinks, apiKey, {});
  const other = (await ask(routes.createUpload, apiKey, { body })) as routes.UploadView;
  await ask(routes.deleteArtifact, apiKey, { params: { artifactId: other.artifactId } });
  return artifactId;
}

/** Asks what an agent asks about the files of an execution that it has. */
async function askOutputs(
  ask: Ask,
  raw: AskRaw,
  held: { agentKey: string; offer: ExecutionOffer; inputId: string },
): Promise<void> {
  const { agentKey, offer, inputId } = held;
  const fence = fenceOf(offer);
  const headers = { 'lease-attempt': String(fence.attempt), 'lease-token': fence.leaseToken };
  const params = { executionId: offer.executionId };
  await raw(routes.getInputContent, agentKey, {
    params: { ...params, artifactId: inputId },
    headers,
  });
  const body = { ...fence, name: 'out.json', bytes: content.length, sha256 };
  const upload = (await ask(routes.createOutputUpload, agentKey, {
    params,
    body,
  })) as routes.UploadView;
  const named = { ...params, artifactId: upload.artifactId };
  await raw(routes.putOutputPart, agentKey, {
    params: { ...named, offset: '0' },
    body: content,
    headers,
  });
  await ask(routes.completeOutputUpload, agentKey, { params: named, body: fence });
}

/** Asks as a client of files does, and notes which endpoints gave what their contract promises. */
function askRaw(url: string, checked: Set<string>): AskRaw {
  return async (contract, apiKey, { params, body, headers = {} }) => {
    const path = contract.url.replaceAll(/:(\w+)/g, (_, name: string) => params[name] ?? '');
    const response = await fetch(url + path, {
      method: contract.method,
      headers: {
        authorization: `Bearer ${apiKey}`,
        ...headers,
        ...(body === undefined ? {} : { 'content-type': 'application/octet-stream' }),
      },
      ...(body === undefined ? {} : { body: Buffer.from(body) }),
    });
    const reply: unknown = await response.json();
    if (!Check(contract.schema.response[response.status] ?? {}, reply)) {
      throw new Error(`${path}: ${JSON.stringify(reply)}`);
    }
    checked.add(`${contract.method} ${contract.url}`);
    return reply;
  };
}
