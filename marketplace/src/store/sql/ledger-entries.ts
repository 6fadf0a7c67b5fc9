import type { Asset, BaseUnits } from '@node3/shared/money';
import type { TransferKind } from '@node3/shared/routes/ledger';
import type { LedgerEntryRow } from '../rows.ts';
import { inTexts, toList } from './codec.ts';
import type { Tx, Work } from './work.ts';

export interface EntryRecord {
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
  SELECT * FROM transfers WHERE transfer_id ${inTexts} ORDER BY entry`;

export function* ledgerEntriesByIdIn(tx: Tx, transferIds: string[]): Work<LedgerEntryRow[]> {
  return (yield* tx.all<EntryRecord>(selectById, toList(transferIds))).map(toEntry);
}

export function* ledgerEntriesIn(
  tx: Tx,
  afterEntry: number,
  limit: number,
): Work<LedgerEntryRow[]> {
  return (yield* tx.all<EntryRecord>(selectEntries, afterEntry, limit)).map(toEntry);
}

export function toEntry(record: EntryRecord): LedgerEntryRow {
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
