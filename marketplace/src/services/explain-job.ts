import type { DefaultImages, JobSpec, JobSpecInput, Priority } from '@node3/shared/job-spec';
import { isTerminalJob } from '@node3/shared/job-state';
import { limits } from '@node3/shared/limits';
import type { Explanation, Lease, Wait } from '@node3/shared/routes/explain';
import { toTimestamp } from '@node3/shared/schema';
import { type Needs, needsOf } from '../domain/matching.ts';
import { isSameProgram, programMark, sizeJob } from '../domain/size-job.ts';
import type { Matchmaker } from '../matching/matchmaker.ts';
import type { JobRow } from '../store/rows.ts';
import type { Store } from '../store/store.ts';
import { completeSpec } from './complete-spec.ts';
import { type ExplainNeedsDeps, explainNeeds } from './explain-needs.ts';
import type { StartWaits } from './start-waits.ts';

export interface ExplainDeps extends ExplainNeedsDeps {
  store: Pick<Store, 'recentRuns' | 'execution'>;
  matchmaker: Pick<Matchmaker, 'openAhead' | 'positionOf' | 'isPaused'>;
  startWaits: StartWaits;
  defaultImages: DefaultImages;
}

/** What would become of a spec at this moment. Stores nothing. Throws what posting would of its form. */
export async function explainSpec(
  deps: ExplainDeps,
  input: JobSpecInput,
  requesterId: string,
): Promise<Explanation> {
  const spec = completeSpec(input, deps.defaultImages);
  const found = outlook(deps, needsOf(spec, requesterId), spec.priority);
  const dependencies = spec.after.length > 0 ? ('dependencies' as const) : null;
  return {
    ...found,
    jobId: null,
    state: null,
    ...wait(dependencies ?? found.waitsFor, null),
    lease: null,
    sizing: await sizingOf(deps, spec, requesterId),
  };
}

/** From the newest jobs of the requester alone: what others ran is their own business. */
async function sizingOf({ store }: ExplainDeps, spec: JobSpec, accountId: string) {
  const mark = programMark(spec);
  const runs = await store.recentRuns({ accountId, mark, jobsMax: limits.sizingJobs });
  return sizeJob(runs.filter((run) => isSameProgram(run.spec, spec)));
}

/** What a job waits for, and who could run it. */
export async function explainJob(deps: ExplainDeps, job: JobRow): Promise<Explanation> {
  const found = outlook(deps, needsOf(job.spec, job.accountId), job.priority);
  return {
    ...found,
    queueAhead: deps.matchmaker.positionOf(job.jobId) ?? 0,
    jobId: job.jobId,
    state: job.state,
    ...waitOfJob(deps, job, found.waitsFor),
    lease: await leaseOf(deps, job),
    sizing: null,
  };
}

async function leaseOf({ store, presence }: ExplainDeps, job: JobRow): Promise<Lease | null> {
  const { state, executionId } = job;
  if (executionId === null || (state !== 'assigned' && state !== 'running')) return null;
  const execution = await store.execution(executionId);
  if (execution === null) return null;
  const { agentId, leaseUntilMs } = execution;
  const seenAtMs = presence.get(agentId)?.lastSeenAtMs ?? null;
  return {
    agentSeenAt: seenAtMs === null ? null : toTimestamp(seenAtMs),
    until: toTimestamp(leaseUntilMs),
    lostAt: toTimestamp(leaseUntilMs + limits.leaseGraceMs),
  };
}

/** There are agents for it: what keeps it waiting is said first of what holds all jobs. */
const hasOnline: ReadonlySet<Wait> = new Set(['turn', 'all_busy', 'reserved']);

function outlook(deps: ExplainDeps, needs: Needs, priority: Priority) {
  const sort = needs.resources.gpus === null ? 'cpu' : 'gpu';
  const found = explainNeeds(deps, needs);
  const { isPaused } = deps.matchmaker;
  const isHeld = isPaused && hasOnline.has(found.waitsFor);
  return {
    ...found,
    waitsFor: isHeld ? ('paused' as const) : found.waitsFor,
    queueAhead: deps.matchmaker.openAhead(priority),
    // When it goes on, nobody knows.
    eta: isPaused ? null : deps.startWaits.estimate(sort),
  };
}

type WaitView = Pick<Explanation, 'waitsFor' | 'waitsUntil' | 'sentence'>;

function waitOfJob({ clock }: ExplainDeps, job: JobRow, otherwise: Wait): WaitView {
  if (isTerminalJob(job.state)) {
    return { waitsFor: null, waitsUntil: null, sentence: 'The job is over.' };
  }
  if (job.state !== 'queued') {
    return { waitsFor: null, waitsUntil: null, sentence: 'An agent has the job.' };
  }
  if (job.dependenciesOpen > 0) return wait('dependencies', null);
  const notBeforeMs = job.notBeforeMs ?? 0;
  return notBeforeMs > clock.nowMs() ? wait('not_before', notBeforeMs) : wait(otherwise, null);
}

function wait(waitsFor: Wait, untilMs: number | null): WaitView {
  return {
    waitsFor,
    waitsUntil: untilMs === null ? null : toTimestamp(untilMs),
    sentence: waitSentences[waitsFor],
  };
}

const waitSentences: Record<Wait, string> = {
  nobody_registered: 'No agent has registered yet; the first that fits gets the job.',
  nobody_fits: 'No registered agent could ever run this job.',
  nobody_online: 'Agents that could run it are registered, but none of them is online.',
  all_busy: 'Every agent that could run it is busy.',
  reserved: 'Every agent that could run it is reserved for somebody else at present.',
  not_before: 'It waits before its next attempt.',
  dependencies: 'It waits for the jobs that it comes after.',
  paused: 'The operator assigns no jobs at present; GET /api/v1/switches says why.',
  turn: 'An agent that could run it is free: it gets the job when it asks for work and no other comes first.',
};
