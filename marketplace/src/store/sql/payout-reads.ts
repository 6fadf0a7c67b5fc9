import { type Asset, add, baseUnits, zero } from '@node3/shared/money';
import { type PayoutState, payoutStates } from '@node3/shared/settlement-state';
import type { PayoutStore, PayoutSums } from '../payout-store.ts';
import { inTexts } from './codec.ts';
import type { Database } from './database.ts';
import { selectBatches, selectPayouts } from './payout-rows.ts';

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
  | 'countPayouts'
  | 'sumPayouts'
  | 'payoutTotals'
  | 'openBatches'
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
    ...createPayoutSums(database),
    async openBatches() {
      const open = `WHERE state IN ('new', 'signed', 'sent', 'voiding') ORDER BY created_at_ms, batch_id`;
      return database.read((tx) => selectBatches(tx, open, []));
    },
  };
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
