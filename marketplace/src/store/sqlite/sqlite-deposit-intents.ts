import type { Asset, BaseUnits } from '@node3/shared/money';
import type { DepositIntentRow, DepositStore } from '../deposit-store.ts';
import { toList } from './codec.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import { statement } from './statement.ts';

interface IntentRecord {
  intent_id: string;
  account_id: string;
  reference: string;
  asset: string;
  amount: bigint | null;
  created_at_ms: bigint;
  expires_at_ms: bigint;
}

const insertIntent = `
  INSERT INTO deposit_intents (intent_id, account_id, reference, asset, amount, created_at_ms, expires_at_ms)
  VALUES (?, ?, ?, ?, ?, ?, ?)`;
const countOpen =
  'SELECT count(*) AS count FROM deposit_intents WHERE account_id = ? AND expires_at_ms > ?';
const selectIntent = 'SELECT * FROM deposit_intents WHERE intent_id = ?';
const selectByReference =
  'SELECT * FROM deposit_intents WHERE reference IN (SELECT value FROM json_each(?))';
const insertTag = 'INSERT OR IGNORE INTO deposit_tags (tag, account_id) VALUES (?, ?)';
const selectTag = 'SELECT tag FROM deposit_tags WHERE account_id = ?';
const selectByTag =
  'SELECT account_id FROM deposit_tags WHERE tag IN (SELECT value FROM json_each(?))';

/** The marks by which a payment names its account: one-time references and memo tags. */
export function createSqliteDepositIntents(
  sqlite: SqliteDatabase,
): Pick<
  DepositStore,
  | 'addDepositIntent'
  | 'depositIntent'
  | 'depositIntentsByReference'
  | 'depositTag'
  | 'accountsOfTags'
> {
  return {
    addDepositIntent(intent, openMax) {
      return sqlite.write((db) => {
        const { accountId, createdAtMs } = intent;
        const open = statement<{ count: bigint }>(db, countOpen).get(accountId, createdAtMs);
        if (Number(open?.count ?? 0n) >= openMax) return false;
        const { intentId, reference, asset, amount, expiresAtMs } = intent;
        const values = [intentId, accountId, reference, asset, amount, createdAtMs, expiresAtMs];
        statement(db, insertIntent).run(...values);
        return true;
      });
    },
    async depositIntent(intentId) {
      const found = sqlite.read((db) => statement<IntentRecord>(db, selectIntent).get(intentId));
      return found === undefined ? null : toIntent(found);
    },
    async depositIntentsByReference(addresses) {
      const list = toList(addresses);
      return sqlite.read((db) =>
        statement<IntentRecord>(db, selectByReference).all(list).map(toIntent),
      );
    },
    depositTag(accountId, candidate) {
      return sqlite.write((db) => {
        const kept = statement<{ tag: string }>(db, selectTag).get(accountId);
        if (kept !== undefined) return kept.tag;
        const { changes } = statement(db, insertTag).run(candidate, accountId);
        return changes === 0 ? null : candidate;
      });
    },
    async accountsOfTags(tags) {
      const rows = sqlite.read((db) =>
        statement<{ account_id: string }>(db, selectByTag).all(toList(tags)),
      );
      return rows.map((row) => row.account_id);
    },
  };
}

function toIntent(record: IntentRecord): DepositIntentRow {
  return {
    intentId: record.intent_id,
    accountId: record.account_id,
    reference: record.reference,
    asset: record.asset as Asset,
    amount: record.amount as BaseUnits | null,
    createdAtMs: Number(record.created_at_ms),
    expiresAtMs: Number(record.expires_at_ms),
  };
}
