import type { Asset, BaseUnits } from '@node3/shared/money';
import type { DepositIntentRow, DepositStore } from '../deposit-store.ts';
import { inTexts, toList } from './codec.ts';
import type { Database } from './database.ts';

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
const selectByReference = `SELECT * FROM deposit_intents WHERE reference ${inTexts}`;
const insertTag = 'INSERT INTO deposit_tags (tag, account_id) VALUES (?, ?) ON CONFLICT DO NOTHING';
const selectTag = 'SELECT tag FROM deposit_tags WHERE account_id = ?';
const selectByTag = `SELECT account_id FROM deposit_tags WHERE tag ${inTexts}`;

/** The marks by which a payment names its account: one-time references and memo tags. */
export function createDepositIntents(
  database: Database,
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
      return database.write(function* (tx) {
        const { accountId, createdAtMs } = intent;
        const open = yield* tx.get<{ count: bigint }>(countOpen, accountId, createdAtMs);
        if (Number(open?.count ?? 0n) >= openMax) return false;
        const { intentId, reference, asset, amount, expiresAtMs } = intent;
        const values = [intentId, accountId, reference, asset, amount, createdAtMs, expiresAtMs];
        yield* tx.post(insertIntent, ...values);
        return true;
      });
    },
    async depositIntent(intentId) {
      const found = await database.read((tx) => tx.get<IntentRecord>(selectIntent, intentId));
      return found === undefined ? null : toIntent(found);
    },
    async depositIntentsByReference(addresses) {
      const list = toList(addresses);
      return database.read(function* (tx) {
        return (yield* tx.all<IntentRecord>(selectByReference, list)).map(toIntent);
      });
    },
    depositTag(accountId, candidate) {
      return database.write(function* (tx) {
        const kept = yield* tx.get<{ tag: string }>(selectTag, accountId);
        if (kept !== undefined) return kept.tag;
        const changes = yield* tx.run(insertTag, candidate, accountId);
        return changes === 0 ? null : candidate;
      });
    },
    async accountsOfTags(tags) {
      const rows = await database.read((tx) =>
        tx.all<{ account_id: string }>(selectByTag, toList(tags)),
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
