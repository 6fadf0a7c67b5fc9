import { type Asset, add, baseUnits, zero } from '@node3/shared/money';
import { type PayoutState, payoutStates } from '@node3/shared/settlement-state';
import type { PayoutRow, PayoutSearch, PayoutStore, PayoutSums } from '../payout-store.ts';
import { inTexts, toNumberOrNull } from './codec.ts';
import type { Database } from './database.ts';
import { selectBatches, selectPayouts } from './payout-rows.ts';
import type { Tx } from './work.ts';

/** By their executions, which have an index already; every step of a job would pay for another one. */
const ofJobs = `WHERE execution_id IN (
    SELECT execution_id FROM executions WHERE job_id ${inTexts})
  ORDER BY payout_id`;

/** What others ask about payouts. */
export function createPayoutReads(
  database: Database,
): Pick<
  PayoutStore,
  | 'payout'
  | 'payoutOfExecution'
  | 'payoutsOfJobs'
  | 'listPayouts'
  | 'payoutsInState'
  | 'paymentCosts'
  | 'countPayouts'
  | 'sumPayouts'
  | 'payoutTotals'
  | 'openBatches'
  | 'batch'
> {
  const select = (where: string, ...values: (string | number | null)[]) =>
    database.read((tx) => selectPayouts(tx, where, values));
  return {
    async payout(payoutId) {
      return (await select('WHERE payout_id = ?', payoutId))[0] ?? null;
    },
    async payoutOfExecution(executionId) {
      return (await select('WHERE execution_id = ?', executionId))[0] ?? null;
    },
    async payoutsOfJobs(jobIds) {
      const rows = await select(ofJobs, JSON.stringify(jobIds));
      return new Map(rows.flatMap((row) => (row.jobId === null ? [] : [[row.jobId, row]])));
    },
    listPayouts({ agentId, beforePayoutId, limit }) {
      const before = beforePayoutId ?? '~';
      return agentId === null
        ? select('WHERE payout_id < ? ORDER BY payout_id DESC LIMIT ?', before, limit)
        : select(
            'WHERE agent_id = ? AND payout_id < ? ORDER BY payout_id DESC LIMIT ?',
            agentId,
            before,
            limit,
          );
    },
    payoutsInState: (search) => database.read((tx) => inStateIn(tx, search)),
    async paymentCosts(sinceMs, paymentsMax) {
      type Found = Record<'payments' | 'lamports', bigint> &
        Record<'oldest' | 'first_ever', bigint | null>;
      const found = await database.read((tx) => tx.get<Found>(sumCosts, sinceMs, paymentsMax));
      return {
        payments: Number(found?.payments ?? 0n),
        lamports: baseUnits(found?.lamports ?? 0n),
        oldestAtMs: toNumberOrNull(found?.oldest ?? null),
        firstAtMs: toNumberOrNull(found?.first_ever ?? null),
      };
    },
    ...createPayoutSums(database),
    async openBatches() {
      const open = `WHERE state IN ('new', 'signed', 'sent', 'voiding') ORDER BY created_at_ms, batch_id`;
      return database.read((tx) => selectBatches(tx, open, []));
    },
    async batch(batchId) {
      const found = await database.read((tx) => selectBatches(tx, 'WHERE batch_id = ?', [batchId]));
      return found[0] ?? null;
    },
  };
}

/** Of each batch its first attempt: however often it is sent, it lands once. */
const sumCosts = `
  SELECT count(*) AS payments, CAST(coalesce(sum(cost_lamports), 0) AS BIGINT) AS lamports,
    min(created_at_ms) AS oldest,
    (SELECT min(created_at_ms) FROM payout_attempts INDEXED BY payout_attempts_payments
      WHERE kind = 'pay') AS first_ever
  FROM (SELECT payout_batches.cost_lamports AS cost_lamports,
      payout_attempts.created_at_ms AS created_at_ms
    FROM payout_attempts INDEXED BY payout_attempts_payments
      JOIN payout_batches ON payout_batches.batch_id = payout_attempts.batch_id
    WHERE payout_attempts.kind = 'pay' AND payout_attempts.attempt = 1
      AND payout_attempts.created_at_ms >= ?
    ORDER BY payout_attempts.created_at_ms DESC LIMIT ?) AS page`;
const lastScanned = `
  SELECT payout_id FROM payouts WHERE payout_id < ? ORDER BY payout_id DESC LIMIT 1 OFFSET ?`;
const newestOf = 'ORDER BY payout_id DESC LIMIT ?';

function* inStateIn(tx: Tx, { state, beforePayoutId, limit, scanMax }: PayoutSearch) {
  const before = beforePayoutId ?? '~';
  // Held ones are few and may be old: they have an index.
  if (state === 'held') {
    const held = `WHERE state = 'held' AND payout_id < ? ${newestOf}`;
    const payouts = yield* selectPayouts(tx, held, [before, limit]);
    return { payouts, scannedTo: endOf(payouts, limit) };
  }
  const last = yield* tx.get<{ payout_id: string }>(lastScanned, before, scanMax - 1);
  const scanned = `WHERE payout_id < ? AND payout_id >= ? AND state = ? ${newestOf}`;
  const values = [before, last?.payout_id ?? '', state, limit];
  const payouts = yield* selectPayouts(tx, scanned, values);
  return { payouts, scannedTo: endOf(payouts, limit) ?? last?.payout_id ?? null };
}

/** Where a page that is full ends. */
function endOf(payouts: readonly PayoutRow[], limit: number): string | null {
  return payouts.length === limit ? (payouts.at(-1)?.payoutId ?? null) : null;
}

interface TotalRecord {
  asset: string;
  state: string;
  payouts: bigint;
  amount: bigint;
}

const selectTotals = 'SELECT asset, state, payouts, amount FROM payout_totals';
const sumOfAgent = `
  SELECT asset, state, count(*) AS payouts, sum(amount) AS amount FROM payouts
  WHERE agent_id = ? AND created_at_ms >= ? GROUP BY asset, state`;

function createPayoutSums(
  database: Database,
): Pick<PayoutStore, 'countPayouts' | 'sumPayouts' | 'payoutTotals'> {
  const totals = () => database.read((tx) => tx.all<TotalRecord>(selectTotals));
  return {
    async countPayouts() {
      const counts = Object.fromEntries(payoutStates.map((state) => [state, 0]));
      for (const { state, payouts } of await totals()) {
        counts[state] = (counts[state] ?? 0) + Number(payouts);
      }
      return counts as Record<PayoutState, number>;
    },
    async payoutTotals() {
      return sumsOf(await totals());
    },
    async sumPayouts({ agentId, sinceMs }) {
      return sumsOf(await database.read((tx) => tx.all<TotalRecord>(sumOfAgent, agentId, sinceMs)));
    },
  };
}

/** What was cancelled is neither paid nor going to be. */
function sumsOf(records: readonly TotalRecord[]): Record<Asset, PayoutSums> {
  const sums: Record<Asset, PayoutSums> = {
    SOL: { finalized: zero, pending: zero, pendingPayouts: 0 },
    USDC: { finalized: zero, pending: zero, pendingPayouts: 0 },
  };
  for (const { asset, state, payouts, amount } of records) {
    if (state === 'cancelled') continue;
    const ofAsset = sums[asset as Asset];
    const part = state === 'finalized' ? 'finalized' : 'pending';
    ofAsset[part] = add(ofAsset[part], baseUnits(amount));
    if (part === 'pending') ofAsset.pendingPayouts += Number(payouts);
  }
  return sums;
}
