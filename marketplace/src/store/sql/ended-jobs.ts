import { jobStates } from '@node3/shared/job-state';
import type { EndedBounds, EndedQuery, JobStore } from '../job-store.ts';
import type { JobRow } from '../rows.ts';
import { inTexts, toList } from './codec.ts';
import type { Database } from './database.ts';
import type { JobRecord } from './job-codec.ts';
import { afterAllIds, jobsOfPageIn } from './job-reads.ts';
import type { Tx, Value, Work } from './work.ts';

/** From the index alone, which has the states as well: what is left out costs no row. */
const ended = `
  FROM jobs INDEXED BY jobs_by_finish
  WHERE account_id = ? AND finished_at_ms >= ? AND finished_at_ms < ?
    AND job_id > ? AND job_id < ? AND state ${inTexts}`;
const statements = {
  newest: `
    SELECT job_id ${ended} AND (finished_at_ms, job_id) < (?, ?)
    ORDER BY finished_at_ms DESC, job_id DESC LIMIT ?`,
  oldest: `
    SELECT job_id ${ended} AND (finished_at_ms, job_id) > (?, ?)
    ORDER BY finished_at_ms, job_id LIMIT ?`,
  count: `SELECT count(*) AS count FROM (SELECT 1 ${ended} LIMIT ?) AS page`,
};

/** Jobs of an account by when they ended. */
export function createEndedJobs(
  database: Database,
): Pick<JobStore, 'listEndedJobs' | 'countEndedJobs'> {
  return {
    listEndedJobs(query) {
      return database.read((tx) => listIn(tx, query));
    },
    countEndedJobs(bounds, max) {
      return database.read(function* (tx) {
        const found = yield* tx.get<{ count: bigint }>(statements.count, ...valuesOf(bounds), max);
        return Number(found?.count ?? 0n);
      });
    },
  };
}

function* listIn(tx: Tx, query: EndedQuery): Work<JobRow[]> {
  const { order, limit, beyond } = query;
  // The walk begins where the page does, and not with what is left out of it.
  const bounds =
    order === 'newest'
      ? { ...query, beforeMs: Math.min(query.beforeMs, (beyond?.finishedAtMs ?? Infinity) + 1) }
      : { ...query, fromMs: Math.max(query.fromMs, beyond?.finishedAtMs ?? 0) };
  const start = beyond ?? (order === 'newest' ? newestEnd : oldestEnd);
  const ids = yield* tx.all<Pick<JobRecord, 'job_id'>>(
    statements[order],
    ...valuesOf(bounds),
    start.finishedAtMs,
    start.jobId,
    limit,
  );
  const page = ids.map((row) => row.job_id);
  return yield* jobsOfPageIn(tx, page);
}

const newestEnd = { finishedAtMs: Number.MAX_SAFE_INTEGER, jobId: afterAllIds };
const oldestEnd = { finishedAtMs: 0, jobId: '' };

function valuesOf(bounds: EndedBounds): Value[] {
  return [
    bounds.accountId,
    bounds.fromMs,
    bounds.beforeMs,
    bounds.afterJobId ?? '',
    bounds.beforeJobId ?? afterAllIds,
    toList(bounds.states ?? jobStates),
  ];
}
