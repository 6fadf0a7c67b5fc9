import { hash } from 'node:crypto';
import type { LedgerEntryRow } from './rows.ts';

/** What the first entry's hash is chained to. */
export const ledgerGenesis: Uint8Array = new Uint8Array(32);

/**
 * The hash of an entry: SHA-256 over the previous entry's 32 bytes and over the entry's fields, each
 * written as a netstring (length in bytes, colon, UTF-8 text, comma) so that no two entries look the
 * same. Numbers are decimal text, the amount in base units. Stored with every entry, so that
 * whoever changes one has to change all that follow. This format never changes.
 */
export function ledgerHash(previous: Uint8Array, row: Omit<LedgerEntryRow, 'hash'>): Uint8Array {
  const text =
    netstring(String(row.entry)) +
    netstring(row.transferId) +
    netstring(row.debit) +
    netstring(row.credit) +
    netstring(row.asset) +
    netstring(String(row.amount)) +
    netstring(row.kind) +
    netstring(row.ref) +
    netstring(String(row.atMs));
  return hash('sha256', Buffer.concat([previous, Buffer.from(text)]), 'buffer');
}

function netstring(text: string): string {
  return `${Buffer.byteLength(text)}:${text},`;
}
