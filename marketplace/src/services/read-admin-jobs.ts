import type { QueryOf } from '@node3/shared/contract';
import { MarketError } from '@node3/shared/error';
import { type JobState, jobStates } from '@node3/shared/job-state';
import { limits } from '@node3/shared/limits';
import { priceMax } from '@node3/shared/metering';
import { toMoney } from '@node3/shared/money';
import type {
  AdminJob,
  listAdminJobs as listContract,
  QueuedJob,
  listQueue as queueContract,
} from '@node3/shared/routes/admin-jobs';
import type { Explanation } from '@node3/shared/routes/explain';
import { toTimestamp } from '@node3/shared/schema';
import type { Matchmaker } from '../matching/matchmaker.ts';
import type { JobRow } from '../store/rows.ts';
import type { Store } from '../store/store.ts';
import { type ExplainDeps, explainJob } from './explain-job.ts';

interface Deps {
  store: Store;
  matchmaker: Pick<Matchmaker, 'positionOf'>;
}

/** Jobs of everybody, newest first. Throws REQUEST_INVALID for a state that there isn't. */
export async function listAdminJobs(
  deps: Deps,
  query: QueryOf<typeof listContract>,
): Promise<{ data: AdminJob[]; nextCursor: string | null }> {
  const { limit = limits.listPageDefault } = query;
  const found = await findJobs(deps, query, limit + 1);
  const rows = found.slice(0, limit);
  const view = await viewWith(deps, rows);
  return {
    data: rows.map(view),
    nextCursor: found.length > limit ? (rows.at(-1)?.jobId ?? null) : null,
  };
}

async function findJobs(
  { store }: Deps,
  { state, accountId, jobId, cursor }: QueryOf<typeof listContract>,
  limit: number,
): Promise<JobRow[]> {
  const states = state === undefined ? null : readStates(state);
  if (jobId === undefined) {
    const page = { states, beforeJobId: cursor ?? null, limit };
    return store.listJobs({ ...page, accountId: accountId ?? null });
  }
  const job = await store.job(jobId);
  const isAsked =
    (accountId === undefined || job?.accountId === accountId) &&
    (job === null || states === null || states.includes(job.state));
  return job === null || !isAsked ? [] : [job];
}

/** What may run and has no agent, the oldest first, with its place in the queue. */
export async function listQueue(
  deps: Deps,
  { limit = limits.listPageDefault, cursor }: QueryOf<typeof queueContract>,
): Promise<{ data: QueuedJob[]; nextCursor: string | null; depth: number }> {
  const [found, counts] = await Promise.all([
    deps.store.queuedJobs(cursor ?? null, limit + 1),
    deps.store.countJobs(),
  ]);
  const rows = found.slice(0, limit);
  const view = await viewWith(deps, rows);
  return {
    data: rows.map((row) => ({
      ...view(row),
      ahead: deps.matchmaker.positionOf(row.jobId),
    })),
    nextCursor: found.length > limit ? (rows.at(-1)?.jobId ?? null) : null,
    depth: counts.queued,
  };
}

export async function explainAdminJob(
  deps: ExplainDeps & { store: Store },
  jobId: string,
): Promise<Explanation> {
  const job = await deps.store.job(jobId);
  if (job === null) throw new MarketError('JOB_NOT_FOUND', { jobId });
  return explainJob(deps, job);
}

function readStates(text: string): JobState[] {
  return text.split(',').map((name) => {
    const state = jobStates.find((known) => known === name);
    if (state !== undefined) return state;
    const detail = `has no state ${name.slice(0, 32)}; there are ${jobStates.join(', ')}`;
    throw new MarketError('REQUEST_INVALID', { errors: [{ pointer: '/state', detail }] });
  });
}

/** Reads what stands with these jobs elsewhere, for all of them at once. */
async function viewWith(
  { store }: Deps,
  jobs: readonly JobRow[],
): Promise<(job: JobRow) => AdminJob> {
  const [accounts, payouts, executions] = await Promise.all([
    store.accountsById([...new Set(jobs.map(({ accountId }) => accountId))]),
    store.payoutsOfJobs(jobs.map(({ jobId }) => jobId)),
    store.executionsById(jobs.flatMap(({ executionId }) => executionId ?? [])),
  ]);
  return (job) =>
    viewAdminJob(job, {
      accountName: accounts.get(job.accountId)?.name ?? null,
      payoutId: payouts.get(job.jobId)?.payoutId ?? null,
      agentName: executions.get(job.executionId ?? '')?.agentName ?? null,
    });
}

type Beside = Pick<AdminJob, 'accountName' | 'payoutId' | 'agentName'>;

function viewAdminJob(job: JobRow, beside: Beside): AdminJob {
  const { spec } = job;
  const { resources, workload } = spec;
  const { charged } = job.settlement;
  const time = (ms: number | null) => (ms === null ? null : toTimestamp(ms));
  return {
    jobId: job.jobId,
    accountId: job.accountId,
    ...beside,
    name: spec.name,
    state: job.state,
    reason: job.reason,
    exitCode: job.exitCode,
    charged: charged === null ? null : toMoney(charged, job.asset),
    priority: job.priority,
    workload: workload.kind === 'script' ? workload.language : 'container',
    image: workload.image,
    gpus: resources.gpus?.count ?? 0,
    gpuModels: resources.gpus?.models ?? null,
    gpuMemoryBytesMin: resources.gpus?.memoryBytesMin ?? null,
    cpus: resources.cpus,
    memoryBytes: resources.memoryBytes,
    diskBytes: resources.diskBytes,
    price: priceMax(spec.price),
    bidPerGpuHour: spec.price.kind === 'metered' ? spec.price.bidPerGpuHour : null,
    attempt: job.attempt,
    agentId: job.agentId,
    waitsFor: job.dependenciesOpen,
    notBefore: time(job.notBeforeMs),
    createdAt: toTimestamp(job.createdAtMs),
    queuedAt: time(job.queuedAtMs),
    startedAt: time(job.startedAtMs),
    finishedAt: time(job.finishedAtMs),
  };
}
