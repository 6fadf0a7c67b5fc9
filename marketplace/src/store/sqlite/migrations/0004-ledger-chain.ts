import type { Asset, BaseUnits } from '@node3/shared/money';
import type { TransferKind } from '@node3/shared/routes/ledger';
import type Database from 'better-sqlite3';
import { ledgerGenesis, ledgerHash } from '../../ledger-hash.ts';
import type { Migration } from './index.ts';

/** Rows held in memory at a time while old entries get their hashes. */
const pageRows = 5_000;

/**
 * Chains every transfer to the one before by its hash, old ones too. SQLite adds no NOT NULL column
 * without a default, so the table is built again; the triggers go with the old one and come back.
 */
export const ledgerChain: Migration = {
  name: 'ledger-chain',
  sql: `
CREATE TABLE transfers_chained (
  entry INTEGER PRIMARY KEY,
  transfer_id TEXT NOT NULL UNIQUE,
  debit TEXT NOT NULL,
  credit TEXT NOT NULL,
  asset TEXT NOT NULL CHECK (asset IN ('SOL', 'USDC')),
  amount INTEGER NOT NULL CHECK (amount > 0),
  kind TEXT NOT NULL,
  ref TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  hash BLOB NOT NULL CHECK (length(hash) = 32),
  CHECK (debit <> credit)
) STRICT;
`,
  fill(db) {
    fillHashes(db);
    db.exec(`
DROP TABLE transfers;
ALTER TABLE transfers_chained RENAME TO transfers;
CREATE TRIGGER transfers_in_order BEFORE INSERT ON transfers
WHEN NEW.entry IS NOT (SELECT coalesce(max(entry), 0) + 1 FROM transfers)
BEGIN SELECT RAISE(ABORT, 'transfers are appended only'); END;
CREATE TRIGGER transfers_final BEFORE UPDATE ON transfers
BEGIN SELECT RAISE(ABORT, 'transfers never change'); END;
CREATE TRIGGER transfers_kept BEFORE DELETE ON transfers
BEGIN SELECT RAISE(ABORT, 'transfers are never deleted'); END;
`);
  },
};

interface OldRecord {
  entry: bigint;
  transfer_id: string;
  debit: string;
  credit: string;
  asset: string;
  amount: bigint;
  kind: string;
  ref: string;
  at_ms: bigint;
}

function fillHashes(db: Database.Database): void {
  const select = db.prepare<[bigint], OldRecord>(
    `SELECT * FROM transfers WHERE entry > ? ORDER BY entry LIMIT ${pageRows}`,
  );
  const insert = db.prepare('INSERT INTO transfers_chained VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
  let previous = ledgerGenesis;
  let after = 0n;
  for (let page = select.all(after); page.length > 0; page = select.all(after)) {
    for (const record of page) {
      previous = ledgerHash(previous, {
        entry: Number(record.entry),
        transferId: record.transfer_id,
        debit: record.debit,
        credit: record.credit,
        asset: record.asset as Asset,
        amount: record.amount as BaseUnits,
        kind: record.kind as TransferKind,
        ref: record.ref,
        atMs: Number(record.at_ms),
      });
      insert.run(...Object.values(record), previous);
      after = record.entry;
    }
  }
}
