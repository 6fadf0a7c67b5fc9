import { MarketError } from '@node3/shared/error';
import { type Asset, baseUnits } from '@node3/shared/money';
import type { AccountStore, DepositRow } from '../account-store.ts';
import { fromJson } from './codec.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import { appendEventsIn } from './sqlite-events.ts';
import { postTransfersIn } from './sqlite-ledger.ts';
import { statement } from './statement.ts';

interface DepositRecord {
  signature: string;
  account_id: string;
  /** JSON; amounts are decimal strings of base units. */
  credited: string;
  credited_at_ms: bigint;
}

const selectDeposit = 'SELECT * FROM deposits WHERE signature = ?';
const insertDeposit = `
  INSERT INTO deposits (signature, account_id, credited, credited_at_ms) VALUES (?, ?, ?, ?)`;

export function createSqliteDepositStore(
  sqlite: SqliteDatabase,
): Pick<AccountStore, 'creditDeposit'> {
  return {
    creditDeposit(deposit) {
      return sqlite.write((db) => {
        const { signature, accountId, nowMs } = deposit;
        const stored = statement<DepositRecord>(db, selectDeposit).get(signature);
        if (stored !== undefined) {
          if (stored.account_id !== accountId) throw new MarketError('DEPOSIT_CLAIMED');
          return toDeposit(stored);
        }
        const credited = deposit.credited.map(({ asset, amount }) => [asset, String(amount)]);
        statement(db, insertDeposit).run(signature, accountId, JSON.stringify(credited), nowMs);
        postTransfersIn(db, deposit.transfers, nowMs);
        appendEventsIn(sqlite, db, deposit.events);
        return { signature, accountId, credited: deposit.credited, creditedAtMs: nowMs };
      });
    },
  };
}

function toDeposit(record: DepositRecord): DepositRow {
  const credited = fromJson(record.credited) as [Asset, string][];
  return {
    signature: record.signature,
    accountId: record.account_id,
    credited: credited.map(([asset, amount]) => ({ asset, amount: baseUnits(BigInt(amount)) })),
    creditedAtMs: Number(record.credited_at_ms),
  };
}
