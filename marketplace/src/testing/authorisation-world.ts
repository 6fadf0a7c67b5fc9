import { createHash } from 'node:crypto';
import { type Client, createClient } from '@node3/shared/client';
import { type IdKind, idKinds, systemIds } from '@node3/shared/ids';
import type { AccountScope } from '@node3/shared/key-scopes';
import { reportProgress } from '@node3/shared/routes/agents';
import * as artifacts from '@node3/shared/routes/artifacts';
import { createDepositIntent } from '@node3/shared/routes/deposits';
import { createFlow } from '@node3/shared/routes/flows';
import { executeAsync } from '@node3/shared/routes/galaksio';
import { createJobLink } from '@node3/shared/routes/job-links';
import { createJob } from '@node3/shared/routes/jobs';
import { createKey, revokeKey } from '@node3/shared/routes/keys';
import { startRun } from '@node3/shared/routes/redmind';
import { createSchedule } from '@node3/shared/routes/schedules';
import { endSession } from '@node3/shared/routes/sessions';
import { createSnippet } from '@node3/shared/routes/snippets';
import { createTemplate } from '@node3/shared/routes/templates';
import { createWebhook } from '@node3/shared/routes/webhooks';
import { createWithdrawal } from '@node3/shared/routes/withdrawals';
import { gpuProofRow } from '../store/testing/gpu-proofs.ts';
import type { CallerRole, Owned } from './route-access.ts';
import { signInTo } from './sign-in.ts';
import { fenceOf, testAgentCalls } from './test-agent.ts';
import {
  openFundedAccount,
  registerTestAgent,
  type TestMarketplace,
  testJob,
} from './test-marketplace.ts';

/** A thing of the owner's or the holder's, as requests name it. */
export interface Thing {
  params: Record<string, string>;
  /** The fencing token, where it takes one. */
  fence?: { attempt: number; leaseToken: string };
  jobToken?: string;
  /** Of a proof, by how far they are. */
  devices?: { walking: string; rooted: string };
}

/** Everybody there is, and a maker of things that belong to the owner and to the holder. */
export interface AuthorisationWorld {
  /** null: shows no key. */
  keys: Record<CallerRole, string | null>;
  /** Of the agents. */
  wallets: Partial<Record<CallerRole, string>>;
  /** What nobody but the owner, the holder and the operator may be shown. */
  secrets: Set<string>;
  make(thing: Owned): Promise<Thing>;
}

type Account = Awaited<ReturnType<typeof openFundedAccount>>;
type TestAgent = Awaited<ReturnType<typeof registerTestAgent>>;
interface Parties {
  market: TestMarketplace;
  owner: Account;
  holder: TestAgent;
  /** Jobs that no agent here can run, so that they stay where they are. */
  waiting: Thing[];
  proof?: Thing;
}

const canary = 'canary-only-the-owner-may-see';
const content = Buffer.from(canary);
const sha256 = createHash('sha256').update(content).digest('hex');
const hourMs = 3_600_000;
const narrow = { perJob: '1', perDay: '5' };

export async function openAuthorisationWorld(market: TestMarketplace): Promise<AuthorisationWorld> {
  const funds = { SOL: 10n ** 13n, USDC: 10n ** 12n };
  const owner = await openFundedAccount(market, funds);
  const stranger = await openFundedAccount(market, funds);
  const [holder, rival] = [await registerTestAgent(market), await registerTestAgent(market)];
  const keyCaps = { SOL: narrow, USDC: narrow };
  const capped = await owner.client.call(createKey, { body: { name: 'capped', keyCaps } });
  const revoked = await owner.client.call(createKey, { body: { name: 'revoked' } });
  await owner.client.call(revokeKey, { params: { keyId: revoked.keyId } });
  const scoped = async (client: Client, ...scopes: AccountScope[]) => {
    const body = { name: scopes.join(' '), scopes };
    return (await client.call(createKey, { body })).apiKey;
  };
  const operator = createClient({ baseUrl: market.url, apiKey: market.adminApiKey });
  const ended = await signInTo(market, owner.wallet);
  const params = { sessionId: ended.sessionId };
  await owner.client.call(endSession, { params });
  const parties: Parties = { market, owner, holder, waiting: await postWaiting(owner) };
  const { jobToken = '' } = await makers.job(parties);
  const secrets = new Set([canary, owner.accountId, owner.wallet.address]);
  return {
    secrets,
    wallets: { holder: holder.wallet.address, rival: rival.wallet.address },
    keys: {
      nobody: null,
      revoked: revoked.apiKey,
      owner: owner.apiKey,
      capped: capped.apiKey,
      stranger: stranger.apiKey,
      token: null,
      otherToken: jobToken,
      holder: holder.apiKey,
      rival: rival.apiKey,
      operator: market.adminApiKey,
      session: (await signInTo(market, owner.wallet)).token,
      endedSession: ended.token,
      reader: await scoped(owner.client, 'read-only'),
      provider: await scoped(owner.client, 'provider'),
      operatorKey: await scoped(operator, 'operator'),
      operatorReader: await scoped(operator, 'operator', 'read-only'),
    },
    async make(thing) {
      const made = await makers[thing](parties);
      for (const [name, value] of Object.entries(made.params)) {
        if (name !== 'offset' && name !== 'jobId') secrets.add(value);
      }
      return made;
    },
  };
}

/** The same request about things that never were. */
export function absentParams(params: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(params).map(([name, value]) => {
      const kind = (Object.keys(idKinds) as IdKind[]).find((one) =>
        value.startsWith(`${idKinds[one]}_`),
      );
      return [name, kind === undefined ? value : systemIds.next(kind)];
    }),
  );
}

/** Of one step that is over at once. */
const secretFlow = () => ({
  name: canary,
  graph: {
    start: 'first',
    nodes: [{ id: 'first', type: 'input' as const, label: canary }],
    edges: [],
  },
  secrets: { TOKEN: canary },
});

const makers: Record<Owned, (parties: Parties) => Promise<Thing>> = {
  async job({ waiting }) {
    const next = waiting.pop();
    if (next === undefined) throw new Error('all the jobs are used up');
    return next;
  },
  async artifact({ market, owner }) {
    return { params: { artifactId: await keepFile(market, owner) } };
  },
  async upload({ owner }) {
    const body = { name: canary, bytes: content.length, sha256 };
    const { artifactId } = await owner.client.call(artifacts.createUpload, { body });
    return { params: { artifactId, offset: '0' } };
  },
  async intent({ owner }) {
    const body = { asset: 'SOL' as const };
    const { intentId } = await owner.client.call(createDepositIntent, { body });
    return { params: { intentId } };
  },
  async key({ owner }) {
    const { keyId } = await owner.client.call(createKey, { body: { name: canary } });
    return { params: { keyId } };
  },
  async schedule({ owner }) {
    const body = { name: canary, cron: '30 2 * * *', timezone: 'UTC', jobSpec: secretJob() };
    const { scheduleId } = await owner.client.call(createSchedule, { body });
    return { params: { scheduleId } };
  },
  async flow({ owner }) {
    const { flowId } = await owner.client.call(createFlow, { body: secretFlow() });
    return { params: { flowId } };
  },
  async 'flow run'({ owner }) {
    const { graph: flow } = secretFlow();
    const body = { flow, input: canary, secrets: { TOKEN: canary } };
    const { runId } = await owner.client.call(startRun, { body });
    return { params: { runId } };
  },
  async snippet({ owner }) {
    const name = systemIds.next('snippet');
    const body = { name, description: canary, language: 'python' as const, code: '1' };
    const { snippetId } = await owner.client.call(createSnippet, { body });
    return { params: { snippetId } };
  },
  async link({ owner }) {
    const { jobId } = await owner.client.call(createJob, { body: secretJob() });
    const { linkId } = await owner.client.call(createJobLink, { params: { jobId }, body: {} });
    return { params: { jobId, linkId } };
  },
  async session({ market, owner }) {
    const { sessionId } = await signInTo(market, owner.wallet);
    return { params: { sessionId } };
  },
  async template({ owner }) {
    const body = { name: systemIds.next('template'), description: canary, spec: secretJob() };
    const { templateId } = await owner.client.call(createTemplate, { body });
    return { params: { templateId } };
  },
  async webhook({ owner }) {
    const body = { url: 'http://127.0.0.1:9/hook', types: ['payout.*'], description: canary };
    const { webhookId } = await owner.client.call(createWebhook, { body });
    return { params: { webhookId } };
  },
  async delivery(parties) {
    const { params } = await makers.webhook(parties);
    const { webhookId = '' } = params;
    const deliveryId = systemIds.next('delivery');
    const row = { deliveryId, webhookId, eventSeq: 1, type: 'job.queued', attempts: 0 };
    const times = { nextAtMs: Date.now() + 1e9, createdAtMs: Date.now() };
    await parties.market.store.replayDeliveries([{ ...row, state: 'pending', ...times }]);
    return { params: { webhookId, deliveryId } };
  },
  async withdrawal({ owner }) {
    const body = { money: { amount: '0.001', asset: 'SOL' as const } };
    const { withdrawalId } = await owner.client.call(createWithdrawal, { body });
    return { params: { withdrawalId } };
  },
  // An agent has one at a time.
  async proof(parties) {
    parties.proof ??= await openProof(parties);
    return parties.proof;
  },
  execution: (parties) => holdJob(parties, null),
  async input(parties) {
    const artifactId = await keepFile(parties.market, parties.owner);
    const held = await holdJob(parties, artifactId);
    return { fence: held.fence, params: { ...held.params, artifactId } };
  },
  async output(parties) {
    const { params, fence } = await holdJob(parties, null);
    const { executionId } = params;
    const body = { ...fence, name: 'out.json', bytes: content.length, sha256 };
    const { artifactId } = await parties.holder.client.call(artifacts.createOutputUpload, {
      params: { executionId },
      body,
    });
    return { params: { executionId, artifactId, offset: '0' }, fence };
  },
  async 'seed job'(parties) {
    const { jobId } = await holdJob(parties, null);
    return { params: { jobId } };
  },
};

/** Before any agent has said what it has: later such a job is refused. */
function postWaiting({ client }: Account): Promise<Thing[]> {
  const body = { code: `print('${canary}')`, language: 'python' as const };
  const post = async () => {
    const { job_id: jobId, job_token: jobToken } = await client.call(executeAsync, { body });
    return { params: { jobId }, jobToken };
  };
  return Promise.all(Array.from({ length: 64 }, post));
}

async function openProof({ market, holder: { agentId } }: Parties): Promise<Thing> {
  const proofId = systemIds.next('proof');
  const devices = { walking: `GPU-${systemIds.secret(8)}`, rooted: `GPU-${systemIds.secret(8)}` };
  const nowMs = Date.now();
  const row = gpuProofRow({ proofId, agentId, issuedAtMs: nowMs, fillByMs: nowMs + hourMs });
  const keys = Object.values(devices).map((deviceId) => ({ proofId, agentId, deviceId }));
  const rows = keys.map((key) => ({ ...row, ...key }));
  await market.store.addGpuProofs(rows, 0, []);
  await market.store.noteGpuFilled(keys, nowMs);
  await market.store.startGpuWalk(proofId, nowMs, hourMs);
  const rooted = { proofId, agentId, deviceId: devices.rooted };
  await market.store.noteGpuRoot(rooted, { root: 'ab'.repeat(32), adapter: 'by hand', nowMs });
  return { params: { proofId }, devices };
}

function secretJob() {
  return testJob({ workload: { kind: 'container', command: ['true'], env: { CANARY: canary } } });
}

async function holdJob({ owner, holder }: Parties, artifactId: string | null) {
  const inputs =
    artifactId === null ? [] : [{ path: 'in', source: { kind: 'artifact' as const, artifactId } }];
  const { jobId } = await owner.client.call(createJob, { body: { ...secretJob(), inputs } });
  // A process of its own each time: the seed's calls count as one as well.
  const agent = testAgentCalls(holder.client, { slots: 64 }, systemIds.next('execution'));
  let offer = await agent.offer();
  // Older jobs of the owner come first.
  while (offer.jobId !== jobId) offer = await agent.offer();
  await agent.accept(offer);
  const { executionId } = offer;
  const fence = fenceOf(offer);
  const body = { ...fence, phase: 'running' as const };
  await holder.client.call(reportProgress, { params: { executionId }, body });
  return { jobId, params: { executionId }, fence };
}

async function keepFile({ url }: TestMarketplace, { apiKey, client }: Account): Promise<string> {
  const body = { name: canary, bytes: content.length, sha256 };
  const { artifactId } = await client.call(artifacts.createUpload, { body });
  const answer = await fetch(`${url}/api/v1/uploads/${artifactId}/parts/0`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/octet-stream' },
    body: content,
  });
  if (!answer.ok) throw new Error(await answer.text());
  await client.call(artifacts.completeUpload, { params: { artifactId }, body: {} });
  return artifactId;
}
