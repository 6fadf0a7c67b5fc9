import { assert } from '@node3/shared/assert';
import { MarketError } from '@node3/shared/error';
import { limits } from '@node3/shared/limits';
import { jobTypeOf } from '../../domain/job-type.ts';
import { reusedJob } from '../../domain/reused-job.ts';
import type { DependencyRow } from '../dependency-store.ts';
import type { Idempotency, JobPosting } from '../job-store.ts';
import type { JobRow } from '../rows.ts';
import { checkCapsIn } from './cap-store.ts';
import { dependenciesIn, insertDependenciesIn } from './dependencies.ts';
import { appendEventsIn } from './events.ts';
import { fromJob } from './job-codec.ts';
import { jobIn } from './job-reads.ts';
import { postTransfersIn } from './ledger.ts';
import { matchingColumnsOf, needsIdIn } from './open-jobs.ts';
import { useQuoteIn } from './quote-store.ts';
import { reusableIn } from './reuse.ts';
import { countTemplateUseIn } from './template-store.ts';
import type { Tx, Work } from './work.ts';

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
  'type',
] as const;
const insertJob = `
  INSERT INTO jobs (job_id, account_id, api_key_id, state, reason, fault, priority, asset, price, fee_basis_points, attempt,
    execution_id, agent_id, not_before_ms, queue_deadline_ms, cancel_requested_at_ms, settlement,
    charged, provider_share, fee, refund, exit_code, log_lines, log_bytes, created_at_ms,
    queued_at_ms, started_at_ms, finished_at_ms, output, failures, dependencies_open, rerun_of,
    cached_from, cache_key, fair_ms, needs_id, hourly_offer, reward, type)
  VALUES (${insertJobColumns.map(() => '?').join(', ')})`;
const insertSpec = 'INSERT INTO job_specs (job_id, spec) VALUES (?, ?)';

export function* postJobIn(tx: Tx, posting: JobPosting): Work<{ job: JobRow; replayed: boolean }> {
  const { job, idempotency } = posting;
  const { accountId } = job;
  const earlier = idempotency === null ? null : yield* postedBeforeIn(tx, accountId, idempotency);
  if (earlier !== null) return { job: earlier, replayed: true };
  const dependencies = job.spec.after.length === 0 ? [] : yield* dependenciesIn(tx, job);
  const dependenciesOpen = dependencies.filter(({ state }) => state === 'open').length;
  const original =
    posting.reuse === null || dependenciesOpen > 0
      ? null
      : yield* reusableIn(tx, accountId, posting.reuse);
  if (original !== null) {
    const reused = { ...posting, transfers: [], quoteId: null, ...reusedJob(job, original) };
    return yield* insertIn(tx, reused, dependencies);
  }
  const open = Number((yield* tx.get<{ open: bigint | null }>(countOpen, accountId))?.open ?? 0n);
  if (open >= posting.openJobsMax) {
    throw new MarketError('JOB_QUEUE_FULL', { open, max: posting.openJobsMax });
  }
  if (posting.caps !== null) yield* checkCapsIn(tx, job, posting.caps);
  if (dependenciesOpen === 0) return yield* insertIn(tx, posting, dependencies);
  // Its time in the queue begins when it is released.
  const waiting = { ...job, dependenciesOpen, queueDeadlineMs: limits.timestampMsMax };
  return yield* insertIn(tx, { ...posting, job: waiting }, dependencies);
}

export function* postTogetherIn(
  tx: Tx,
  postings: readonly JobPosting[],
): Work<{ job: JobRow; replayed: boolean }[]> {
  const posted: { job: JobRow; replayed: boolean }[] = [];
  for (const posting of postings) posted.push(yield* postJobIn(tx, posting));
  return posted;
}

function* insertIn(
  tx: Tx,
  posting: JobPosting,
  dependencies: readonly DependencyRow[],
): Work<{ job: JobRow; replayed: boolean }> {
  const { job, idempotency } = posting;
  const { jobId, accountId } = job;
  const matching = matchingColumnsOf(job);
  const needsId = yield* needsIdIn(tx, matching.needs);
  const columns = { ...fromJob(job), ...matching, needsId, type: jobTypeOf(job.spec) };
  yield* tx.post(insertJob, ...insertJobColumns.map((name) => columns[name]));
  yield* tx.post(insertSpec, jobId, columns.spec);
  if (dependencies.length > 0) yield* insertDependenciesIn(tx, jobId, dependencies);
  tx.specs.set(jobId, job.spec, columns.spec.length);
  const template = job.spec.origin?.template;
  if (template !== undefined) yield* countTemplateUseIn(tx, template.templateId);
  if (posting.quoteId !== null) yield* useQuoteIn(tx, posting.quoteId, job);
  yield* postTransfersIn(tx, posting.transfers, job.createdAtMs);
  if (idempotency !== null) {
    yield* tx.post(insertIdempotency, accountId, idempotency.key, idempotency.requestHash, jobId);
  }
  yield* appendEventsIn(tx, posting.events);
  return { job, replayed: false };
}

export function* postedBeforeIn(
  tx: Tx,
  accountId: string,
  idempotency: Idempotency,
): Work<JobRow | null> {
  const stored = yield* tx.get<{ request_hash: string; job_id: string }>(
    selectIdempotency,
    accountId,
    idempotency.key,
  );
  if (stored === undefined) return null;
  if (stored.request_hash !== idempotency.requestHash) {
    throw new MarketError('IDEMPOTENCY_MISMATCH');
  }
  const earlier = yield* jobIn(tx, stored.job_id);
  assert(earlier !== null, 'an idempotency key names a stored job');
  return earlier;
}

export function* jobOfKeyIn(tx: Tx, accountId: string, key: string): Work<JobRow | null> {
  const stored = yield* tx.get<{ job_id: string }>(selectIdempotency, accountId, key);
  return stored === undefined ? null : yield* jobIn(tx, stored.job_id);
}
