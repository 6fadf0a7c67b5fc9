import { assert } from '@node3/shared/assert';
import { type JobState, jobStates } from '@node3/shared/job-state';
import type Database from 'better-sqlite3';
import type { JobQuery, JobStore } from '../job-store.ts';
import type { ExecutionRow, JobRow } from '../rows.ts';
import { fromJson, toList } from './codec.ts';
import { type ExecutionRecord, toExecution } from './execution-codec.ts';
import { type JobRecord, toJob, toJobWith } from './job-codec.ts';
import { eventsOfJobIn, specCacheOf } from './old-style.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import { statement } from './statement.ts';

/**
 * The spec by a subquery and not by a join: this build of SQLite compiles a join anew whenever its
 * parameter changes, which makes reading one job cost 38 µs instead of 7 (2026-11-21).
 */
const selectJobs = `
  SELECT jobs.*, (SELECT spec FROM job_specs WHERE job_specs.job_id = jobs.job_id) AS spec
  FROM jobs`;

const jobQueries = {
  job: 'SELECT * FROM jobs WHERE job_id = ?',
  spec: 'SELECT spec FROM job_specs WHERE job_id = ?',
  jobs: `${selectJobs} WHERE job_id IN (SELECT value FROM json_each(?)) ORDER BY job_id DESC`,
  idsOfAll: 'SELECT job_id FROM jobs WHERE job_id < +? ORDER BY job_id DESC LIMIT +?',
  idsOfState:
    'SELECT job_id FROM jobs WHERE state = +? AND job_id < +? ORDER BY job_id DESC LIMIT +?',
  idsOfAccount: `
    SELECT job_id FROM jobs WHERE state = +? AND job_id < +? AND account_id = +?
    ORDER BY job_id DESC LIMIT +?`,
  queued: `${selectJobs} WHERE state = 'queued' AND dependencies_open = 0 AND job_id > +? ORDER BY job_id LIMIT +?`,
  execution: 'SELECT * FROM executions WHERE execution_id = ?',
  executionsById: `
    SELECT * FROM executions WHERE execution_id IN (SELECT value FROM json_each(?))`,
  executionsOfJob: 'SELECT * FROM executions WHERE job_id = +? ORDER BY attempt',
  executionByClaim: 'SELECT * FROM executions WHERE agent_id = ? AND claim_id = ? AND live = 1',
  // Not ordered here: a sorter that SQLite sets up for nothing cost 70 of 85 µs (2026-11-26).
  liveOfAgent: 'SELECT * FROM executions WHERE agent_id = ? AND live = 1',
  live: 'SELECT * FROM executions WHERE live = 1 ORDER BY execution_id',
} as const;

const countJobs = 'SELECT state, jobs FROM job_counts';
/** Sorts after every id. */
const afterAllIds = '~';

export function createSqliteJobReads(
  sqlite: SqliteDatabase,
): Pick<
  JobStore,
  | 'job'
  | 'execution'
  | 'executionsById'
  | 'executionsOfJob'
  | 'eventsOfJob'
  | 'listJobs'
  | 'countJobs'
  | 'queuedJobs'
  | 'liveExecutions'
  | 'executionByClaim'
> {
  const executions = (sql: string, ...values: string[]) =>
    sqlite.read((db) =>
      statement<ExecutionRecord>(db, sql)
        .all(...values)
        .map(toExecution),
    );
  return {
    async job(jobId) {
      return sqlite.read((db) => jobIn(db, jobId));
    },
    async execution(executionId) {
      return sqlite.read((db) => executionIn(db, executionId));
    },
    async executionsById(executionIds) {
      const found = executions(jobQueries.executionsById, toList(executionIds));
      return new Map(found.map((execution) => [execution.executionId, execution]));
    },
    async executionsOfJob(jobId) {
      return executions(jobQueries.executionsOfJob, jobId);
    },
    async eventsOfJob(jobId, limit) {
      return sqlite.read((db) => eventsOfJobIn(db, jobId, limit));
    },
    async listJobs(query) {
      return sqlite.read((db) => listJobsIn(db, query));
    },
    async countJobs() {
      const counts = Object.fromEntries(jobStates.map((state) => [state, 0])) as Record<
        JobState,
        number
      >;
      const rows = sqlite.read((db) =>
        statement<{ state: JobState; jobs: bigint }>(db, countJobs).all(),
      );
      for (const { state, jobs } of rows) counts[state] = Number(jobs);
      return counts;
    },
    async queuedJobs(afterJobId, limit) {
      return sqlite.read((db) =>
        statement<JobRecord>(db, jobQueries.queued)
          .all(afterJobId ?? '', limit)
          .map(toJob),
      );
    },
    async liveExecutions(agentId) {
      if (agentId === null) return executions(jobQueries.live);
      const found = executions(jobQueries.liveOfAgent, agentId);
      return found.toSorted((a, b) => (a.executionId < b.executionId ? -1 : 1));
    },
    async executionByClaim(agentId, claimId) {
      return sqlite.read((db) => executionByClaimIn(db, agentId, claimId));
    },
  };
}

export function jobIn(db: Database.Database, jobId: string): JobRow | null {
  const found = statement<Omit<JobRecord, 'spec'>>(db, jobQueries.job).get(jobId);
  return found === undefined ? null : toJobWith(found, specIn(db, jobId));
}

/** The spec of a stored job; parsed once while the job is open. */
export function specIn(db: Database.Database, jobId: string): JobRow['spec'] {
  const specs = specCacheOf(db);
  const known = specs.get(jobId);
  if (known !== null) return known;
  const found = statement<Pick<JobRecord, 'spec'>>(db, jobQueries.spec).get(jobId);
  assert(found !== undefined, `job ${jobId} has a spec`);
  const spec = fromJson(found.spec) as JobRow['spec'];
  specs.set(jobId, spec, found.spec.length);
  return spec;
}

export function executionIn(db: Database.Database, executionId: string): ExecutionRow | null {
  const found = statement<ExecutionRecord>(db, jobQueries.execution).get(executionId);
  return found === undefined ? null : toExecution(found);
}

export function executionByClaimIn(
  db: Database.Database,
  agentId: string,
  claimId: string,
): ExecutionRow | null {
  const found = statement<ExecutionRecord>(db, jobQueries.executionByClaim).get(agentId, claimId);
  return found === undefined ? null : toExecution(found);
}

/**
 * One index range per state, each already in order, merged here: the cost depends on the page, not
 * on how many jobs of other states lie between.
 */
function listJobsIn(db: Database.Database, query: JobQuery): JobRow[] {
  const { accountId, limit } = query;
  const before = query.beforeJobId ?? afterAllIds;
  const ids = (sql: string, ...values: (string | number)[]) =>
    statement<{ job_id: string }>(db, sql)
      .all(...values)
      .map((row) => row.job_id);
  const states = new Set(query.states ?? jobStates);
  const found =
    accountId === null && query.states === null
      ? ids(jobQueries.idsOfAll, before, limit)
      : [...states].flatMap((state) =>
          accountId === null
            ? ids(jobQueries.idsOfState, state, before, limit)
            : ids(jobQueries.idsOfAccount, state, before, accountId, limit),
        );
  const page = found.toSorted((a, b) => (a < b ? 1 : -1)).slice(0, limit);
  return statement<JobRecord>(db, jobQueries.jobs).all(toList(page)).map(toJob);
}
