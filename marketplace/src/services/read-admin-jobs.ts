import type { QueryOf } from '@node3/shared/contract';
import { MarketError } from '@node3/shared/error';
import { type JobState, jobStates } from '@node3/shared/job-state';
import { limits } from '@node3/shared/limits';
import { priceMax } from '@node3/shared/metering';
import type {
  AdminJob,
  listAdminJobs as listContract,
  QueuedJob,
  listQueue as queueContract,
} from '@node3/shared/routes/admin-jobs';
import type { Explanation } from '@node3/shared/routes/explain';
import { toTimestamp } from '@node3/shared/schema';
import type { Matchmaker } from '../matching/matchmaker.ts';
import type { AccountRow, JobRow } from '../store/rows.ts';
import type { Store } from '../store/store.ts';
import { type ExplainDeps, explainJob } from './explain-job.ts';

interface Deps {
  store: Store;
  matchmaker: Pick<Matchmaker, 'positionOf'>;
}

/** Jobs of everybody, newest first. Throws REQUEST_INVALID for a state that there isn't. */
export async function listAdminJobs(
  deps: Deps,
  { state, accountId, limit = limits.listPageDefault, cursor }: QueryOf<typeof listContract>,
): Promise<{ data: AdminJob[]; nextCursor: string | null }> {
  const found = await deps.store.listJobs({
    accountId: accountId ?? null,
    states: state === undefined ? null : readStates(state),
    beforeJobId: cursor ?? null,
    limit: limit + 1,
  });
  const rows = found.slice(0, limit);
  const accounts = await accountsOf(deps, rows);
  return {
    data: rows.map((row) => viewAdminJob(row, accounts)),
    nextCursor: found.length > limit ? (rows.at(-1)?.jobId ?? null) : null,
  };
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
  const accounts = await accountsOf(deps, rows);
  return {
    data: rows.map((row) => ({
      ...viewAdminJob(row, accounts),
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

function accountsOf({ store }: Deps, jobs: readonly JobRow[]): Promise<Map<string, AccountRow>> {
  return store.accountsById([...new Set(jobs.map(({ accountId }) => accountId))]);
}

function viewAdminJob(job: JobRow, accounts: ReadonlyMap<string, AccountRow>): AdminJob {
  const { spec } = job;
  const { resources, workload } = spec;
  const time = (ms: number | null) => (ms === null ? null : toTimestamp(ms));
  return {
    jobId: job.jobId,
    accountId: job.accountId,
    accountName: accounts.get(job.accountId)?.name ?? null,
    name: spec.name,
    state: job.state,
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
