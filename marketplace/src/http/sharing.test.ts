import { createHash } from 'node:crypto';
import { createClient } from '@node3/shared/client';
import { appendLogs, reportResult } from '@node3/shared/routes/agents';
import * as artifacts from '@node3/shared/routes/artifacts';
import { listAuditLog } from '@node3/shared/routes/audit';
import * as links from '@node3/shared/routes/job-links';
import { createJob } from '@node3/shared/routes/jobs';
import * as snippets from '@node3/shared/routes/snippets';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fenceOf, successResult, testAgentCalls } from '../testing/test-agent.ts';
import {
  openFundedAccount,
  registerTestAgent,
  startTestMarketplace,
  type TestMarketplace,
  testJob,
} from '../testing/test-marketplace.ts';

let market: TestMarketplace;
let owner: Awaited<ReturnType<typeof openFundedAccount>>;
let agent: Awaited<ReturnType<typeof registerTestAgent>>;

beforeAll(async () => {
  market = await startTestMarketplace();
  owner = await openFundedAccount(market);
  agent = await registerTestAgent(market);
});
afterAll(() => market.stop());

const content = Buffer.from('weights');
const canary = 'canary-of-the-environment';

/** A job that ran, printed a line and made a file. */
async function runJob() {
  const env = { PLAIN: canary };
  const job = testJob({
    name: 'shared',
    workload: { kind: 'container', command: ['train', '--fast'], env },
  });
  const { jobId } = await owner.client.call(createJob, { body: job });
  const calls = testAgentCalls(agent.client);
  const offer = await calls.offer();
  await calls.run(offer);
  const fence = fenceOf(offer);
  const params = { executionId: offer.executionId };
  const line = { stream: 'stdout' as const, atMs: 1, text: 'epoch 1', partial: false };
  const printed = { ...fence, seqFirst: 1, lines: [line] };
  await agent.client.call(appendLogs, { params, body: printed });
  const sha256 = createHash('sha256').update(content).digest('hex');
  const file = { ...fence, name: 'model.bin', bytes: content.length, sha256 };
  const { artifactId } = await agent.client.call(artifacts.createOutputUpload, {
    params,
    body: file,
  });
  await fetch(
    `${market.url}/api/v1/executions/${offer.executionId}/uploads/${artifactId}/parts/0`,
    {
      method: 'PUT',
      headers: {
        authorization: `Bearer ${agent.apiKey}`,
        'content-type': 'application/octet-stream',
        'lease-attempt': String(fence.attempt),
        'lease-token': fence.leaseToken,
      },
      body: content,
    },
  );
  const named = { ...params, artifactId };
  await agent.client.call(artifacts.completeOutputUpload, { params: named, body: fence });
  const body = { ...fence, result: { ...successResult, output: { loss: 0.5 } } };
  await agent.client.call(reportResult, { params, body });
  return { jobId, artifactId };
}

async function share(jobId: string, body: object = {}) {
  const link = await owner.client.call(links.createJobLink, { params: { jobId }, body });
  const at = new URL(link.url, market.url);
  const open = (below = '', init: RequestInit = {}) =>
    fetch(`${market.url}/api/v1/shared/${link.linkId}${below}${at.search}`, init);
  return { ...link, open };
}

const codeOf = async (answer: Response) => ((await answer.json()) as { code?: string }).code;

describe('a link to a job', () => {
  it('[2.29] shows what ran, its log and its files without a key, and nothing of the account', async () => {
    const { jobId, artifactId } = await runJob();
    const { url, open } = await share(jobId);
    const answer = await fetch(market.url + url);
    const text = await answer.text();
    expect(JSON.parse(text)).toMatchObject({
      jobId,
      name: 'shared',
      state: 'succeeded',
      command: ['train', '--fast'],
      output: { loss: 0.5 },
      shows: ['job', 'logs', 'artifacts'],
    });
    const account = [canary, 'PLAIN', owner.accountId, owner.wallet.address, '0.001', 'agt_'];
    expect(account.filter((word) => text.includes(word))).toEqual([]);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-robots-tag': 'noindex, nofollow',
    });
    const log = (await (await open('/logs')).json()) as { data: { text: string }[] };
    expect(log.data.map((line) => line.text)).toEqual(['epoch 1']);
    const files = (await (await open('/artifacts')).json()) as { data: { url: string }[] };
    const file = await fetch(market.url + files.data[0]?.url);
    expect(Buffer.from(await file.arrayBuffer())).toEqual(content);
    expect(file.headers.get('cache-control')).toBe('no-store');
    const head = await open(`/artifacts/${artifactId}`, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length')]).toEqual([200, '7']);
  });

  it('shows the last lines of a log to whoever asks for those', async () => {
    const { jobId } = await runJob();
    const { url, linkId } = await share(jobId, { shows: ['logs'] });
    const { search } = new URL(url, market.url);
    const client = createClient({ baseUrl: market.url, apiKey: null });
    const query = { signature: new URLSearchParams(search).get('signature') ?? '' };
    const read = (part: object) =>
      client.call(links.getSharedLogs, { params: { linkId }, query: { ...query, ...part } });
    expect((await read({ last: 1 })).data.map(({ text }) => text)).toEqual(['epoch 1']);
    expect((await read({ last: 0 })).data).toEqual([]);
  });

  it('shows no more than it was made for', async () => {
    const { jobId, artifactId } = await runJob();
    const logs = await share(jobId, { shows: ['logs'] });
    expect(logs.url).toContain('/logs?');
    expect((await logs.open('/logs')).status).toBe(200);
    const file = await share(jobId, { artifactId });
    expect((await file.open(`/artifacts/${artifactId}`)).status).toBe(200);
    const other = await runJob();
    const refused = [
      logs.open(),
      logs.open('/artifacts'),
      logs.open(`/artifacts/${artifactId}`),
      file.open(),
      file.open('/logs'),
      file.open('/artifacts'),
      file.open(`/artifacts/${other.artifactId}`),
      fetch(`${market.url}/api/v1/shared/${logs.linkId}${new URL(file.url, 'http://x').search}`),
    ];
    for (const answer of await Promise.all(refused)) {
      expect([answer.status, await codeOf(answer)]).toEqual([403, 'LINK_INVALID']);
    }
    const all = await share(jobId);
    expect(await codeOf(await all.open(`/artifacts/${other.artifactId}`))).toBe(
      'ARTIFACT_NOT_FOUND',
    );
    const foreign = share(jobId, { artifactId: other.artifactId });
    await expect(foreign).rejects.toMatchObject({ code: 'ARTIFACT_NOT_FOUND' });
    const both = share(jobId, { artifactId, shows: ['job'] });
    await expect(both).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
  });

  it('may be read by any page, with its refusals and without a cookie', async () => {
    const { jobId } = await runJob();
    const { open } = await share(jobId, { shows: ['job'] });
    const from = { headers: { origin: 'https://other.example' } };
    const answers = [await open('', from), await open('/logs', from)];
    expect(answers.map(({ status }) => status)).toEqual([200, 403]);
    for (const { headers } of answers) {
      expect(headers.get('access-control-allow-origin')).toBe('*');
      expect(headers.get('access-control-allow-credentials')).toBe(null);
    }
    const own = await fetch(`${market.url}/api/v1/jobs/${jobId}`, from);
    expect(own.headers.get('access-control-allow-origin')).toBe(null);
  });

  it('ends at once when it is revoked, and after its uses', async () => {
    const { jobId } = await runJob();
    const link = await share(jobId);
    const few = await share(jobId, { usesMax: 2 });
    expect((await link.open()).status).toBe(200);
    const params = { jobId, linkId: link.linkId };
    await owner.client.call(links.revokeJobLink, { params });
    expect(await codeOf(await link.open())).toBe('LINK_INVALID');
    const uses = [await few.open(), await few.open('/logs'), await few.open()];
    expect(uses.map(({ status }) => status)).toEqual([200, 200, 403]);
    const listed = await owner.client.call(links.listJobLinks, { params: { jobId } });
    expect(listed.data).toMatchObject([
      { linkId: few.linkId, uses: 2, usesMax: 2, revokedAt: null },
      { linkId: link.linkId, uses: 1, revokedAt: expect.any(String) },
    ]);
    expect(JSON.stringify(listed)).not.toContain('signature');
    const last = await share(jobId);
    await owner.client.call(artifacts.revokeArtifactLinks, {});
    expect(await codeOf(await last.open())).toBe('LINK_INVALID');
    const admin = createClient({ baseUrl: market.url, apiKey: market.adminApiKey });
    const { data } = await admin.call(listAuditLog, { query: { target: link.linkId } });
    expect(data.map(({ action }) => action)).toEqual(['link.revoked', 'link.created']);
  });
});

const price = { kind: 'fixed', reward: { amount: '0.001', asset: 'SOL' } };
const hello = { name: 'hello', language: 'python' as const, code: 'print(1)' };

describe('a snippet', () => {
  it('[2.29] becomes a job with what it says and what the run says', async () => {
    const body = { ...hello, image: 'python:3.11', runSec: 90, name: 'run me' };
    const { snippetId } = await owner.client.call(snippets.createSnippet, { body });
    const params = { snippetId };
    const overrides = { price, workload: { image: 'python:3.12' } };
    const job = await owner.client.call(
      snippets.runSnippet,
      { params, body: { overrides } },
      { idempotencyKey: 'once' },
    );
    expect(job).toMatchObject({ name: 'run me', image: 'python:3.12', workload: 'python' });
    expect(job.spec).toMatchObject({ limits: { runSec: 90 }, workload: { code: 'print(1)' } });
    await owner.client.call(snippets.deleteSnippet, { params });
    const again = await owner.client.call(
      snippets.runSnippet,
      { params, body: { overrides } },
      { idempotencyKey: 'once' },
    );
    expect(again.jobId).toBe(job.jobId);
    const late = owner.client.call(snippets.runSnippet, { params, body: { overrides } });
    await expect(late).rejects.toMatchObject({ code: 'SNIPPET_NOT_FOUND' });
  });

  it('says which override is wrong', async () => {
    const { snippetId } = await owner.client.call(snippets.createSnippet, { body: hello });
    const params = { snippetId };
    const run = (overrides: object) =>
      owner.client.call(snippets.runSnippet, { params, body: { overrides: { ...overrides } } });
    await expect(run({})).rejects.toMatchObject({
      context: { errors: [{ pointer: '/overrides/price' }] },
    });
    await expect(run({ price, limits: { runSec: 0 } })).rejects.toMatchObject({
      context: { errors: [{ pointer: '/overrides/limits/runSec' }] },
    });
  });

  it('is replaced only as it was read, with If-Match', async () => {
    const body = { ...hello, name: 'edited' };
    const { snippetId } = await owner.client.call(snippets.createSnippet, { body });
    const url = `${market.url}/api/v1/snippets/${snippetId}`;
    const headers = { authorization: `Bearer ${owner.apiKey}`, 'content-type': 'application/json' };
    const tag = (await fetch(url, { headers })).headers.get('etag') ?? '';
    const put = (code: string) =>
      fetch(url, {
        method: 'PUT',
        headers: { ...headers, 'if-match': tag },
        body: JSON.stringify({ ...body, code }),
      });
    const answers = [await put('one'), await put('two')];
    expect(answers.map(({ status }) => status)).toEqual([200, 412]);
    const kept = await owner.client.call(snippets.getSnippet, { params: { snippetId } });
    expect(kept).toMatchObject({ code: 'one', version: 2, codeBytes: 3 });
  });
});
