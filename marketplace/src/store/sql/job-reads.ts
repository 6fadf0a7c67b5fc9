import { assert } from '@node3/shared/assert';
import { type JobState, jobStates } from '@node3/shared/job-state';
import { type JobType, jobTypes } from '../../domain/job-type.ts';
import type { JobQuery, JobStore } from '../job-store.ts';
import type { ExecutionRow, JobRow } from '../rows.ts';
import { fromJson, inTexts, toList } from './codec.ts';
import type { Database } from './database.ts';
import { eventsOfJobIn, eventsOfJobsIn } from './events.ts';
import { type ExecutionRecord, toExecution } from './execution-codec.ts';
import { type JobRecord, toJob, toJobWith } from './job-codec.ts';
import type { Tx, Work } from './work.ts';

/**
 * The spec by a subquery and not by a join: this build of SQLite compiles a join anew whenever its
 * parameter changes, which makes reading one job cost 38 µs instead of 7 (2026-11-21).
 */
const selectJobs = `
  SELECT jobs.*, (SELECT spec FROM job_specs WHERE job_specs.job_id = jobs.job_id) AS spec
  FROM jobs`;

const idsOfAccount = `
  SELECT job_id FROM jobs
  WHERE state = +? AND job_id < +? AND job_id > +? AND account_id = +?`;

export const jobQueries = {
  job: 'SELECT * FROM jobs WHERE job_id = ?',
  spec: 'SELECT spec FROM job_specs WHERE job_id = ?',
  jobs: `${selectJobs} WHERE job_id ${inTexts} ORDER BY job_id DESC`,
  idsOfAll: 'SELECT job_id FROM jobs WHERE job_id < +? ORDER BY job_id DESC LIMIT +?',
  idsOfState:
    'SELECT job_id FROM jobs WHERE state = +? AND job_id < +? ORDER BY job_id DESC LIMIT +?',
  idsOfAccount: `${idsOfAccount} ORDER BY job_id DESC LIMIT +?`,
  oldestOfAccount: `${idsOfAccount} ORDER BY job_id LIMIT +?`,
  countOfAccount: `SELECT count(*) AS count FROM (${idsOfAccount} LIMIT +?) AS page`,
  queued: `${selectJobs} WHERE state = 'queued' AND dependencies_open = 0 AND job_id > +? ORDER BY job_id LIMIT +?`,
  execution: 'SELECT * FROM executions WHERE execution_id = ?',
  executionsById: `
    SELECT * FROM executions WHERE execution_id ${inTexts}`,
  executionsOfJob: 'SELECT * FROM executions WHERE job_id = +? ORDER BY attempt',
  executionsOfJobs: `
    SELECT * FROM executions WHERE job_id ${inTexts} ORDER BY job_id, attempt`,
  executionByClaim: 'SELECT * FROM executions WHERE agent_id = ? AND claim_id = ? AND live = 1',
  // Not ordered here: a sorter that SQLite sets up for nothing cost 70 of 85 µs (2026-11-26).
  liveOfAgent: 'SELECT * FROM executions WHERE agent_id = ? AND live = 1',
  live: 'SELECT * FROM executions WHERE live = 1 ORDER BY execution_id',
} as const;

const countJobs = 'SELECT state, type, jobs FROM job_counts';
/** Sorts after every id. */
export const afterAllIds = '~';

export function createJobReads(
  database: Database,
): Pick<
  JobStore,
  | 'job'
  | 'jobsById'
  | 'execution'
  | 'executionsById'
  | 'executionsOfJob'
  | 'executionsOfJobs'
  | 'eventsOfJob'
  | 'eventsOfJobs'
  | 'listJobs'
  | 'countJobsOf'
  | 'countJobs'
  | 'countJobsByType'
  | 'queuedJobs'
  | 'liveExecutions'
  | 'executionByClaim'
> {
  const executions = (sql: string, ...values: string[]) =>
    database.read(function* (tx) {
      return (yield* tx.all<ExecutionRecord>(sql, ...values)).map(toExecution);
    });
  const jobCounts = () =>
    database.read((tx) => tx.all<{ state: JobState; type: JobType; jobs: bigint }>(countJobs));
  return {
    job(jobId) {
      return database.read((tx) => jobIn(tx, jobId));
    },
    async jobsById(jobIds) {
      const found = await database.read((tx) => tx.all<JobRecord>(jobQueries.jobs, toList(jobIds)));
      return new Map(found.map((record) => [record.job_id, toJob(record)]));
    },
    execution(executionId) {
      return database.read((tx) => executionIn(tx, executionId));
    },
    async executionsById(executionIds) {
      const found = await executions(jobQueries.executionsById, toList(executionIds));
      return new Map(found.map((execution) => [execution.executionId, execution]));
    },
    executionsOfJob(jobId) {
      return executions(jobQueries.executionsOfJob, jobId);
    },
    executionsOfJobs(jobIds) {
      return executions(jobQueries.executionsOfJobs, toList(jobIds));
    },
    eventsOfJob(jobId, limit) {
      return database.read((tx) => eventsOfJobIn(tx, jobId, limit));
    },
    eventsOfJobs(query) {
      return database.read((tx) => eventsOfJobsIn(tx, query));
    },
    listJobs(query) {
      return database.read((tx) => listJobsIn(tx, query));
    },
    countJobsOf(query, max) {
      return database.read((tx) => countJobsOfIn(tx, query, max));
    },
    async countJobs() {
      const counts = filledWith(jobStates, () => 0);
      for (const { state, jobs } of await jobCounts()) counts[state] += Number(jobs);
      return counts;
    },
    async countJobsByType() {
      const counts = filledWith(jobStates, () => filledWith(jobTypes, () => 0));
      for (const { state, type, jobs } of await jobCounts()) counts[state][type] = Number(jobs);
      return counts;
    },
    queuedJobs(afterJobId, limit) {
      return database.read(function* (tx) {
        return (yield* tx.all<JobRecord>(jobQueries.queued, afterJobId ?? '', limit)).map(toJob);
      });
    },
    async liveExecutions(agentId) {
      if (agentId === null) return executions(jobQueries.live);
      const found = await executions(jobQueries.liveOfAgent, agentId);
      return found.toSorted((a, b) => (a.executionId < b.executionId ? -1 : 1));
    },
    executionByClaim(agentId, claimId) {
      return database.read((tx) => executionByClaimIn(tx, agentId, claimId));
    },
  };
}

function filledWith<Key extends string, Value>(
  keys: readonly Key[],
  value: () => Value,
): Record<Key, Value> {
  return Object.fromEntries(keys.map((key) => [key, value()])) as Record<Key, Value>;
}

export function* jobIn(tx: Tx, jobId: string): Work<JobRow | null> {
  const found = yield* tx.get<Omit<JobRecord, 'spec'>>(jobQueries.job, jobId);
  if (found === undefined) return null;
  return toJobWith(found, tx.specs.get(jobId) ?? (yield* specIn(tx, jobId)));
}

/** The spec of a stored job; parsed once while the job is open. */
export function* specIn(tx: Tx, jobId: string): Work<JobRow['spec']> {
  const specs = tx.specs;
  const known = specs.get(jobId);
  if (known !== null) return known;
  const found = yield* tx.get<Pick<JobRecord, 'spec'>>(jobQueries.spec, jobId);
  assert(found !== undefined, `job ${jobId} has a spec`);
  const spec = fromJson(found.spec) as JobRow['spec'];
  specs.set(jobId, spec, found.spec.length);
  return spec;
}

export function* executionIn(tx: Tx, executionId: string): Work<ExecutionRow | null> {
  const found = yield* tx.get<ExecutionRecord>(jobQueries.execution, executionId);
  return found === undefined ? null : toExecution(found);
}

export function* executionByClaimIn(
  tx: Tx,
  agentId: string,
  claimId: string,
): Work<ExecutionRow | null> {
  const found = yield* tx.get<ExecutionRecord>(jobQueries.executionByClaim, agentId, claimId);
  return found === undefined ? null : toExecution(found);
}

type JobId = Pick<JobRecord, 'job_id'>;

/**
 * One index range per state, each already in order, merged here: the cost depends on the page, not
 * on how many jobs of other states lie between.
 */
function* listJobsIn(tx: Tx, query: JobQuery): Work<JobRow[]> {
  const { accountId, limit, order = 'newest' } = query;
  const before = query.beforeJobId ?? afterAllIds;
  const after = query.afterJobId ?? '';
  const { idsOfAll, idsOfState } = jobQueries;
  const ofAccount = order === 'newest' ? jobQueries.idsOfAccount : jobQueries.oldestOfAccount;
  const found: JobId[] = [];
  if (accountId === null && query.states === null) {
    found.push(...(yield* tx.all<JobId>(idsOfAll, before, limit)));
  } else {
    for (const state of new Set(query.states ?? jobStates)) {
      const ofState =
        accountId === null
          ? yield* tx.all<JobId>(idsOfState, state, before, limit)
          : yield* tx.all<JobId>(ofAccount, state, before, after, accountId, limit);
      found.push(...ofState);
    }
  }
  const ids = found.map((row) => row.job_id).toSorted();
  const page = order === 'newest' ? ids.toReversed().slice(0, limit) : ids.slice(0, limit);
  return yield* jobsOfPageIn(tx, page);
}

/** The jobs of these ids, in their order. */
export function* jobsOfPageIn(tx: Tx, jobIds: readonly string[]): Work<JobRow[]> {
  const jobs = (yield* tx.all<JobRecord>(jobQueries.jobs, toList(jobIds))).map(toJob);
  const byId = new Map(jobs.map((job) => [job.jobId, job]));
  return jobIds.flatMap((jobId) => byId.get(jobId) ?? []);
}

function* countJobsOfIn(
  tx: Tx,
  query: Required<Omit<JobQuery, 'limit' | 'order'>>,
  max: number,
): Work<number> {
  let count = 0;
  for (const state of new Set(query.states ?? jobStates)) {
    const values = [
      state,
      query.beforeJobId ?? afterAllIds,
      query.afterJobId ?? '',
      query.accountId ?? '',
      max - count,
    ];
    const found = yield* tx.get<{ count: bigint }>(jobQueries.countOfAccount, ...values);
    count += Number(found?.count ?? 0n);
    if (count >= max) return max;
  }
  return count;
}
