import { assert } from '@node3/shared/assert';
import { MarketError } from '@node3/shared/error';
import { limits } from '@node3/shared/limits';
import type Database from 'better-sqlite3';
import { reusedJob } from '../../domain/reused-job.ts';
import type { DependencyRow } from '../dependency-store.ts';
import type { Idempotency, JobPosting } from '../job-store.ts';
import type { JobRow } from '../rows.ts';
import { fromJob } from './job-codec.ts';
import { appendEventsIn, checkCapsIn, specCacheOf } from './old-style.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import { dependenciesIn, insertDependenciesIn } from './sqlite-dependencies.ts';
import { jobIn } from './sqlite-job-reads.ts';
import { postTransfersIn } from './sqlite-ledger.ts';
import { matchingColumnsIn } from './sqlite-open-jobs.ts';
import { useQuoteIn } from './sqlite-quote-store.ts';
import { reusableIn } from './sqlite-reuse.ts';
import { statement } from './statement.ts';

const selectIdempotency =
  'SELECT request_hash, job_id FROM idempotency WHERE account_id = ? AND key = ?';
const insertIdempotency =
  'INSERT INTO idempotency (account_id, key, request_hash, job_id) VALUES (?, ?, ?, ?)';
const countOpen = 'SELECT sum(jobs_open) AS open FROM account_jobs WHERE account_id = ?';
/** In the order of the statement: binding by position costs a third of binding by name. */
const insertJobColumns = [
  'jobId',
  'accountId',
  'apiKeyId',
  'state',
  'reason',
  'fault',
  'priority',
  'asset',
  'price',
  'feeBasisPoints',
  'attempt',
  'executionId',
  'agentId',
  'notBeforeMs',
  'queueDeadlineMs',
  'cancelRequestedAtMs',
  'settlement',
  'charged',
  'providerShare',
  'fee',
  'refund',
  'exitCode',
  'logLines',
  'logBytes',
  'createdAtMs',
  'queuedAtMs',
  'startedAtMs',
  'finishedAtMs',
  'output',
  'failures',
  'dependenciesOpen',
  'rerunOf',
  'cachedFrom',
  'cacheKey',
  'fairMs',
  'needsId',
  'hourlyOffer',
  'reward',
] as const;
const insertJob = `
  INSERT INTO jobs (job_id, account_id, api_key_id, state, reason, fault, priority, asset, price, fee_basis_points, attempt,
    execution_id, agent_id, not_before_ms, queue_deadline_ms, cancel_requested_at_ms, settlement,
    charged, provider_share, fee, refund, exit_code, log_lines, log_bytes, created_at_ms,
    queued_at_ms, started_at_ms, finished_at_ms, output, failures, dependencies_open, rerun_of,
    cached_from, cache_key, fair_ms, needs_id, hourly_offer, reward)
  VALUES (${insertJobColumns.map(() => '?').join(', ')})`;
const insertSpec = 'INSERT INTO job_specs (job_id, spec) VALUES (?, ?)';

export function postJobIn(
  sqlite: SqliteDatabase,
  db: Database.Database,
  posting: JobPosting,
): { job: JobRow; replayed: boolean } {
  const { job, idempotency } = posting;
  const { accountId } = job;
  const earlier = idempotency === null ? null : postedBeforeIn(db, accountId, idempotency);
  if (earlier !== null) return { job: earlier, replayed: true };
  const dependencies = dependenciesIn(db, job);
  const dependenciesOpen = dependencies.filter(({ state }) => state === 'open').length;
  const original =
    posting.reuse === null || dependenciesOpen > 0
      ? null
      : reusableIn(db, accountId, posting.reuse);
  if (original !== null) {
    const reused = { ...posting, transfers: [], quoteId: null, ...reusedJob(job, original) };
    return insertIn(sqlite, db, reused, dependencies);
  }
  const open = Number(statement<{ open: bigint | null }>(db, countOpen).get(accountId)?.open ?? 0n);
  if (open >= posting.openJobsMax) {
    throw new MarketError('JOB_QUEUE_FULL', { open, max: posting.openJobsMax });
  }
  if (posting.caps !== null) checkCapsIn(db, job, posting.caps);
  if (dependenciesOpen === 0) return insertIn(sqlite, db, posting, dependencies);
  // Its time in the queue begins when it is released.
  const waiting = { ...job, dependenciesOpen, queueDeadlineMs: limits.timestampMsMax };
  return insertIn(sqlite, db, { ...posting, job: waiting }, dependencies);
}

function insertIn(
  sqlite: SqliteDatabase,
  db: Database.Database,
  posting: JobPosting,
  dependencies: readonly DependencyRow[],
): { job: JobRow; replayed: boolean } {
  const { job, idempotency } = posting;
  const { jobId, accountId } = job;
  const columns = { ...fromJob(job), ...matchingColumnsIn(db, job) };
  statement(db, insertJob).run(...insertJobColumns.map((name) => columns[name]));
  statement(db, insertSpec).run(jobId, columns.spec);
  insertDependenciesIn(db, jobId, dependencies);
  specCacheOf(db).set(jobId, job.spec, columns.spec.length);
  if (posting.quoteId !== null) useQuoteIn(db, posting.quoteId, job);
  postTransfersIn(db, posting.transfers, job.createdAtMs);
  if (idempotency !== null) {
    statement(db, insertIdempotency).run(
      accountId,
      idempotency.key,
      idempotency.requestHash,
      jobId,
    );
  }
  appendEventsIn(sqlite, db, posting.events);
  return { job, replayed: false };
}

export function postedBeforeIn(
  db: Database.Database,
  accountId: string,
  idempotency: Idempotency,
): JobRow | null {
  const stored = statement<{ request_hash: string; job_id: string }>(db, selectIdempotency).get(
    accountId,
    idempotency.key,
  );
  if (stored === undefined) return null;
  if (stored.request_hash !== idempotency.requestHash) {
    throw new MarketError('IDEMPOTENCY_MISMATCH');
  }
  const earlier = jobIn(db, stored.job_id);
  assert(earlier !== null, 'an idempotency key names a stored job');
  return earlier;
}
