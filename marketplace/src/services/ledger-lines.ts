import { formatAmount, parseAmount } from '@node3/shared/money';
import type { TransferKind } from '@node3/shared/routes/ledger';
import { LedgerEntry } from '@node3/shared/routes/ledger';
import { toTimestamp } from '@node3/shared/schema';
import { Value } from 'typebox/value';
import type { LedgerEntryRow } from '../store/rows.ts';

/** A ledger entry as it is exported. Nothing is lost: `fromLedgerLine` gives the entry back. */
export function toLedgerLine(row: LedgerEntryRow): LedgerEntry {
  return {
    entry: row.entry,
    transferId: row.transferId,
    debit: row.debit,
    credit: row.credit,
    asset: row.asset,
    amount: formatAmount(row.amount, row.asset),
    kind: row.kind,
    ref: row.ref,
    at: toTimestamp(row.atMs),
    hash: Buffer.from(row.hash).toString('hex'),
  };
}

/** Null when it is no exported entry. */
export function fromLedgerLine(line: unknown): LedgerEntryRow | null {
  if (!Value.Check(LedgerEntry, line)) return null;
  const { asset } = line;
  return {
    entry: line.entry,
    transferId: line.transferId,
    debit: line.debit,
    credit: line.credit,
    asset,
    amount: parseAmount(line.amount, asset),
    kind: line.kind as TransferKind,
    ref: line.ref,
    atMs: Date.parse(line.at),
    hash: Buffer.from(line.hash, 'hex'),
  };
}
