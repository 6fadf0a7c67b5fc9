import type { Asset, BaseUnits } from '@node3/shared/money';
import type Database from 'better-sqlite3';
import type { LedgerEntryRow, TransferKind } from '../rows.ts';
import { toList } from './codec.ts';
import { statement } from './statement.ts';

interface EntryRecord {
  entry: bigint;
  transfer_id: string;
  debit: string;
  credit: string;
  asset: string;
  amount: bigint;
  kind: string;
  ref: string;
  at_ms: bigint;
  hash: Buffer;
}

const selectEntries = 'SELECT * FROM transfers WHERE entry > ? ORDER BY entry LIMIT ?';

const selectById = `
  SELECT * FROM transfers WHERE transfer_id IN (SELECT value FROM json_each(?)) ORDER BY entry`;

export function ledgerEntriesByIdIn(
  db: Database.Database,
  transferIds: string[],
): LedgerEntryRow[] {
  return statement<EntryRecord>(db, selectById).all(toList(transferIds)).map(toEntry);
}

export function ledgerEntriesIn(
  db: Database.Database,
  afterEntry: number,
  limit: number,
): LedgerEntryRow[] {
  return statement<EntryRecord>(db, selectEntries).all(afterEntry, limit).map(toEntry);
}

function toEntry(record: EntryRecord): LedgerEntryRow {
  return {
    entry: Number(record.entry),
    transferId: record.transfer_id,
    debit: record.debit,
    credit: record.credit,
    asset: record.asset as Asset,
    amount: record.amount as BaseUnits,
    kind: record.kind as TransferKind,
    ref: record.ref,
    atMs: Number(record.at_ms),
    hash: record.hash,
  };
}
