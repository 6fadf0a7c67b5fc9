import { type Asset, type BaseUnits, zero } from '@node3/shared/money';
import { type PayoutState, payoutStates } from '@node3/shared/settlement-state';
import type { PayoutStore, PayoutSums } from '../payout-store.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import { selectBatches, selectPayouts } from './sqlite-payout-rows.ts';
import { statement } from './statement.ts';

/** What others ask about payouts. */
export function createSqlitePayoutReads(
  sqlite: SqliteDatabase,
): Pick<
  PayoutStore,
  | 'payout'
  | 'payoutOfExecution'
  | 'payoutsOfJobs'
  | 'listPayouts'
  | 'countPayouts'
  | 'sumPayouts'
  | 'openBatches'
> {
  const select = (where: string, ...values: (string | number | null)[]) =>
    sqlite.read((db) => selectPayouts(db, where, values));
  return {
    async payout(payoutId) {
      return select('WHERE payout_id = ?', payoutId)[0] ?? null;
    },
    async payoutOfExecution(executionId) {
      return select('WHERE execution_id = ?', executionId)[0] ?? null;
    },
    async payoutsOfJobs(jobIds) {
      const rows = select(
        'WHERE job_id IN (SELECT value FROM json_each(?)) ORDER BY payout_id',
        JSON.stringify(jobIds),
      );
      return new Map(rows.flatMap((row) => (row.jobId === null ? [] : [[row.jobId, row]])));
    },
    async listPayouts({ agentId, beforePayoutId, limit }) {
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
    ...createSqlitePayoutSums(sqlite),
    async openBatches() {
      const open = `WHERE state IN ('new', 'signed', 'sent', 'voiding') ORDER BY created_at_ms, batch_id`;
      return sqlite.read((db) => selectBatches(db, open, []));
    },
  };
}

function createSqlitePayoutSums(
  sqlite: SqliteDatabase,
): Pick<PayoutStore, 'countPayouts' | 'sumPayouts'> {
  return {
    async countPayouts() {
      const counts = Object.fromEntries(payoutStates.map((state) => [state, 0]));
      const rows = sqlite.read((db) =>
        statement<{ state: string; count: bigint }>(
          db,
          'SELECT state, count(*) AS count FROM payouts GROUP BY state',
        ).all(),
      );
      for (const row of rows) counts[row.state] = Number(row.count);
      return counts as Record<PayoutState, number>;
    },
    async sumPayouts({ agentId, sinceMs }) {
      const sums: Record<Asset, PayoutSums> = {
        SOL: { finalized: zero, pending: zero },
        USDC: { finalized: zero, pending: zero },
      };
      const rows = sqlite.read((db) =>
        statement<{ asset: string; final: bigint; amount: bigint }>(
          db,
          `SELECT asset, state = 'finalized' AS final, sum(amount) AS amount FROM payouts
           WHERE created_at_ms >= ? AND (? IS NULL OR agent_id = ?) GROUP BY 1, 2`,
        ).all(sinceMs, agentId, agentId),
      );
      for (const row of rows) {
        sums[row.asset as Asset][row.final === 1n ? 'finalized' : 'pending'] =
          row.amount as BaseUnits;
      }
      return sums;
    },
  };
}
