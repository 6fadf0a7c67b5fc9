import type { TransferKind } from '@node3/shared/routes/ledger';
import { chainTreasury, jobOfHold } from '../../domain/ledger-accounts.ts';
import type { LedgerEntryRow } from '../rows.ts';
import { inTexts, toList } from './codec.ts';
import type { Tx, Work } from './work.ts';

/** What may happen to the hold of a job, and the only id that it can have. */
const holdIds: Partial<Record<TransferKind, string>> = {
  hold: 'hold',
  capture: 'cap',
  fee: 'fee',
  release: 'rel',
};

/** A hold is filled once and emptied by its settlement, each part once, since ids are unique. */
export function holdProblems(row: LedgerEntryRow): string[] {
  const filled = jobOfHold(row.credit);
  const emptied = jobOfHold(row.debit);
  const jobId = filled ?? emptied;
  if (jobId === null) return [];
  const isRight =
    (filled === null || emptied === null) &&
    (row.kind === 'hold') === (filled !== null) &&
    row.transferId === `${holdIds[row.kind]}:${jobId}`;
  return isRight
    ? []
    : [`Entry ${row.entry} (${row.transferId}) is no part of the hold of job ${jobId}.`];
}

const jobColumns = `
  jobs.job_id AS job_id, jobs.settlement AS settlement, jobs.price AS price,
  jobs.charged AS charged, jobs.refund AS refund,
  coalesce(hold.amount, 0) AS hold, coalesce(cap.amount, 0) AS cap,
  coalesce(fee.amount, 0) AS fee, coalesce(rel.amount, 0) AS rel`;
const jobTransfers = `
  LEFT JOIN transfers AS hold ON hold.transfer_id = 'hold:' || jobs.job_id
  LEFT JOIN transfers AS cap ON cap.transfer_id = 'cap:' || jobs.job_id
  LEFT JOIN transfers AS fee ON fee.transfer_id = 'fee:' || jobs.job_id
  LEFT JOIN transfers AS rel ON rel.transfer_id = 'rel:' || jobs.job_id`;
const selectJobs = `
  SELECT ${jobColumns} FROM jobs ${jobTransfers}
  WHERE jobs.job_id ${inTexts}`;
const selectJobPage = `
  SELECT ${jobColumns} FROM jobs ${jobTransfers}
  WHERE jobs.job_id > ? ORDER BY jobs.job_id LIMIT ?`;

interface JobRecord {
  job_id: string;
  settlement: string;
  price: bigint;
  charged: bigint | null;
  refund: bigint | null;
  hold: bigint;
  cap: bigint;
  fee: bigint;
  rel: bigint;
}

/** Compares jobs with the transfers of their holds. */
export function* jobProblemsIn(tx: Tx, jobIds: readonly string[]): Work<string[]> {
  if (jobIds.length === 0) return [];
  return (yield* tx.all<JobRecord>(selectJobs, toList(jobIds))).flatMap(problemsOfJob);
}

/** The same for all jobs, a page at a time. */
export function* jobPageProblemsIn(tx: Tx, after: string, limit: number) {
  const records = yield* tx.all<JobRecord>(selectJobPage, after, limit);
  const last = records.length < limit ? null : (records.at(-1)?.job_id ?? null);
  return { problems: records.flatMap(problemsOfJob), last };
}

function problemsOfJob(job: JobRecord): string[] {
  const { job_id, settlement, hold, cap, fee, rel } = job;
  const held = settlement === 'none' ? 0n : job.price;
  const isOpen = settlement === 'none' || settlement === 'held';
  const charged = isOpen ? 0n : (job.charged ?? 0n);
  const refund = isOpen ? 0n : (job.refund ?? 0n);
  const problems: string[] = [];
  if (hold !== held) problems.push(`Job ${job_id} holds ${hold} base units instead of ${held}.`);
  if (cap + fee !== charged) {
    problems.push(`Job ${job_id} was charged ${charged} base units, and ${cap + fee} were taken.`);
  }
  if (rel !== refund) {
    problems.push(`Job ${job_id} was refunded ${refund} base units, and ${rel} were given back.`);
  }
  if (!isOpen && cap + fee + rel !== hold) {
    problems.push(`Job ${job_id} held ${hold} base units, and ${cap + fee + rel} were settled.`);
  }
  return problems;
}

const payoutColumns = `
  payouts.payout_id AS payout_id, payouts.state AS state,
  transfers.entry AS entry, CASE
    WHEN transfers.credit = '${chainTreasury}' AND transfers.kind = 'payout'
      AND transfers.debit = payouts.ledger_account
      AND transfers.asset = payouts.asset AND transfers.amount = payouts.amount
    THEN 1 ELSE 0 END AS matches`;
const selectPayouts = `
  SELECT ${payoutColumns} FROM payouts
  LEFT JOIN transfers ON transfers.transfer_id = 'pay:' || payouts.payout_id
  WHERE payouts.payout_id ${inTexts}`;
const selectPayoutPage = `
  SELECT ${payoutColumns} FROM payouts
  LEFT JOIN transfers ON transfers.transfer_id = 'pay:' || payouts.payout_id
  WHERE payouts.payout_id > ? ORDER BY payouts.payout_id LIMIT ?`;

interface PayoutRecord {
  payout_id: string;
  state: string;
  entry: bigint | null;
  matches: bigint | null;
}

/** Compares payments with the payouts they belong to: finalized ones, each paid once. */
export function* paymentProblemsIn(tx: Tx, payments: readonly LedgerEntryRow[]): Work<string[]> {
  if (payments.length === 0) return [];
  const ids = payments.map(({ ref }) => ref);
  const records = yield* tx.all<PayoutRecord>(selectPayouts, toList(ids));
  const known = new Set(records.map((record) => record.payout_id));
  const strays = payments
    .filter(({ transferId, ref }) => transferId !== `pay:${ref}` || !known.has(ref))
    .map(({ entry, transferId }) => `Entry ${entry} (${transferId}) pays no payout that exists.`);
  return [...strays, ...records.flatMap(problemsOfPayout)];
}

export function* payoutPageProblemsIn(tx: Tx, after: string, limit: number) {
  const records = yield* tx.all<PayoutRecord>(selectPayoutPage, after, limit);
  const last = records.length < limit ? null : (records.at(-1)?.payout_id ?? null);
  return { problems: records.flatMap(problemsOfPayout), last };
}

function problemsOfPayout({ payout_id, state, entry, matches }: PayoutRecord): string[] {
  if (state !== 'finalized') {
    return entry === null
      ? []
      : [`Payout ${payout_id} is ${state}, and entry ${entry} has paid it.`];
  }
  if (entry === null) return [`Payout ${payout_id} is finalized, and no entry has paid it.`];
  return matches === 1n ? [] : [`Entry ${entry} is not what payout ${payout_id} was to be paid.`];
}

const countFinalized = `
  SELECT count(*) AS count, max(payout_id) AS last FROM (
    SELECT payout_id FROM payouts WHERE state = 'finalized' AND payout_id > ?
    ORDER BY payout_id LIMIT +?) AS page`;
/** Counted at a time: a database may be slow, and gives each statement some seconds. */
const payoutsCounted = 20_000;

interface CountRecord {
  count: bigint;
  last: string | null;
}

/**
 * As many payouts are finalized as entries have paid one. Since every payment is of a payout of its
 * own, none is finalized without: the cheap half of what `payoutPageProblemsIn` says by name.
 */
export function* paymentCountProblemsIn(
  tx: Tx,
  payments: number,
  page = payoutsCounted,
): Work<string[]> {
  let finalized = 0;
  for (let after: string | null = ''; after !== null; ) {
    const found: CountRecord | undefined = yield* tx.get<CountRecord>(countFinalized, after, page);
    finalized += Number(found?.count ?? 0n);
    after = found?.last ?? null;
  }
  return finalized === payments
    ? []
    : [`${finalized} payouts are finalized, and ${payments} entries have paid one.`];
}
