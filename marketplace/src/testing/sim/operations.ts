import type { AgentState } from '@node3/shared/agent-state';
import type { BodyOf, ReplyOf } from '@node3/shared/contract';
import { MarketError } from '@node3/shared/error';
import type { JobSpecInput } from '@node3/shared/job-spec';
import type { JobState } from '@node3/shared/job-state';
import type { Money } from '@node3/shared/money';
import type {
  AgentMessage,
  appendLogs as appendLogsRoute,
  ExecutionResult,
  Fence,
  heartbeatAgent as heartbeatRoute,
  pollAgent as pollRoute,
  reportProgress as progressRoute,
} from '@node3/shared/routes/agents';
import type { BatchRow } from '@node3/shared/routes/job-bulk';
import { pricingDefaults } from '../../config.ts';
import type { Core } from '../../core.ts';
import { acceptExecution } from '../../services/accept-execution.ts';
import { appendLogs } from '../../services/append-logs.ts';
import { cancelJob } from '../../services/cancel-job.ts';
import {
  disableAgent,
  drainAgent,
  enableAgent,
  resumeAgent,
} from '../../services/change-agent-state.ts';
import { heartbeatAgent } from '../../services/heartbeat-agent.ts';
import { pollAgent } from '../../services/poll-agent.ts';
import { type PostJobDeps, postJob } from '../../services/post-job.ts';
import { postJobs } from '../../services/post-jobs.ts';
import { releaseExecution } from '../../services/release-execution.ts';
import { reportProgress } from '../../services/report-progress.ts';
import { reportResult } from '../../services/report-result.ts';
import { rerunJob } from '../../services/rerun-job.ts';
import type { AgentRow, Fence as StoredFence } from '../../store/rows.ts';

interface Fenced {
  agentId: string;
  executionId: string;
  fence: Fence;
}

/** What requesters and agents ask of the marketplace, with the bodies of the real routes. */
export interface Operations {
  post: {
    ask: { accountId: string; key: string; spec: JobSpecInput };
    answer: { jobId: string; replayed: boolean };
  };
  /** All of them in one request; each is answered for itself. */
  postMany: {
    ask: { accountId: string; key: string; specs: JobSpecInput[] };
    answer: { rows: BatchRow[] };
  };
  rerun: {
    ask: { accountId: string; key: string; jobId: string };
    answer: { jobId: string; replayed: boolean };
  };
  cancel: { ask: { accountId: string; jobId: string }; answer: { state: JobState } };
  poll: {
    ask: { agentId: string; body: BodyOf<typeof pollRoute> };
    answer: { messages: AgentMessage[] };
  };
  heartbeat: {
    ask: { agentId: string; body: BodyOf<typeof heartbeatRoute> };
    answer: ReplyOf<typeof heartbeatRoute>;
  };
  accept: { ask: Fenced; answer: { leaseMs: number } };
  progress: {
    ask: Fenced & { phase: BodyOf<typeof progressRoute>['phase'] };
    answer: { verdict: 'continue' | 'cancel' };
  };
  logs: {
    ask: Fenced & Required<Pick<BodyOf<typeof appendLogsRoute>, 'seqFirst' | 'lines'>>;
    answer: { ackedSeq: number };
  };
  result: {
    ask: Fenced & { result: ExecutionResult };
    answer: { jobState: string; earned: Money; payoutId: string | null };
  };
  release: { ask: Fenced; answer: { state: string } };
  /** What only the operator may say. */
  order: {
    ask: { agentId: string; order: 'drain' | 'resume' | 'disable' | 'enable' };
    answer: { state: AgentState };
  };
}

export type OperationName = keyof Operations;
export type AskOf<Name extends OperationName> = Operations[Name]['ask'];
export type AnswerOf<Name extends OperationName> = Operations[Name]['answer'];

type Handlers = {
  [Name in OperationName]: (core: Core, ask: AskOf<Name>) => Promise<AnswerOf<Name>>;
};

const defaultImages = { container: 'c', python: 'p', javascript: 'j', typescript: 't', bash: 'b' };
/** Nobody hangs up here: a poll ends when its time is over. */
const never = new AbortController().signal;

/** The same services that the routes call, without HTTP around them. */
export const operations: Handlers = {
  async post(core, { accountId, key, spec }) {
    const input = { accountId, keyId: null, spec, idempotencyKey: key };
    const { job, replayed } = await postJob(postDeps(core), input);
    return { jobId: job.jobId, replayed };
  },
  async postMany(core, { accountId, key, specs }) {
    const input = { accountId, keyId: null, specs, idempotencyKey: key };
    return { rows: await postJobs(postDeps(core), input) };
  },
  async rerun(core, { accountId, key, jobId }) {
    const input = { accountId, keyId: null, jobId, changes: {}, idempotencyKey: key };
    const { job, replayed } = await rerunJob(postDeps(core), input);
    return { jobId: job.jobId, replayed };
  },
  async cancel(core, { jobId }) {
    const job = await cancelJob(core, jobId, 'requester');
    return { state: job.state };
  },
  async poll(core, { agentId, body }) {
    return { messages: await pollAgent(core, await agentOf(core, agentId), body, never) };
  },
  heartbeat: async (core, { agentId, body }) =>
    heartbeatAgent(core, await agentOf(core, agentId), body),
  async accept(core, ask) {
    await agentOf(core, ask.agentId);
    return acceptExecution(core, fenceOf(core, ask), ask.agentId);
  },
  async progress(core, ask) {
    await agentOf(core, ask.agentId);
    const progress = { phase: ask.phase, isolation: null, imageDigest: null, imagePull: null };
    return reportProgress(core, fenceOf(core, ask), ask.agentId, progress);
  },
  async logs(core, { agentId, executionId, fence, seqFirst, lines }) {
    await agentOf(core, agentId);
    return appendLogs(core, agentId, executionId, { ...fence, seqFirst, lines });
  },
  async result(core, ask) {
    await agentOf(core, ask.agentId);
    return reportResult(core, fenceOf(core, ask), ask.agentId, ask.result);
  },
  async release(core, ask) {
    await agentOf(core, ask.agentId);
    return releaseExecution(core, fenceOf(core, ask), ask.agentId);
  },
  async order(core, { agentId, order }) {
    const request = { agentId, by: 'operator' as const, reason: 'as simulated' };
    const agent = await orders[order](core, request);
    return { state: agent.state };
  },
};

const orders = {
  drain: drainAgent,
  resume: resumeAgent,
  disable: disableAgent,
  enable: enableAgent,
} as const;

function postDeps(core: Core): PostJobDeps {
  const { codeBytesMax, operatorCaps } = pricingDefaults;
  return { ...core, codeBytesMax, defaultImages, operatorCaps };
}

/** Who asks, if they may ask at all: what the routes do before they call a service. */
async function agentOf(core: Core, agentId: string): Promise<AgentRow> {
  const agent = await core.store.agent(agentId);
  if (agent === null) throw new MarketError('AGENT_NOT_FOUND', { agentId });
  if (agent.state === 'disabled') throw new MarketError('AGENT_DISABLED', { agentId });
  return agent;
}

function fenceOf({ leases }: Core, { executionId, fence }: Fenced): StoredFence {
  return { executionId, attempt: fence.attempt, leaseHash: leases.hash(fence.leaseToken) };
}
