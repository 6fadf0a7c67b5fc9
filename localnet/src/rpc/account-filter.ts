import bs58 from 'bs58';
import type { StoredAccount } from '../chain/stored-account.ts';
import { decodeTokenAccount } from '../chain/token-layout.ts';
import { base58DataBytesMax, programFiltersMax } from '../limits.ts';
import { readArray, readConfig, readInteger, readText } from './params.ts';
import { invalidParams } from './rpc-error.ts';

export type AccountFilter =
  | { kind: 'dataSize'; bytes: number }
  | { kind: 'memcmp'; offset: number; bytes: Uint8Array }
  | { kind: 'tokenAccount' };

const filterTextMax = Math.ceil(base58DataBytesMax * 1.4);

/** Reads the filters of `getProgramAccounts` and `programSubscribe`. Throws RpcError −32602. */
export function readAccountFilters(value: unknown): AccountFilter[] {
  if (value === undefined || value === null) return [];
  return readArray(value, 'filters', programFiltersMax).map(readAccountFilter);
}

export function matchesFilters(account: StoredAccount, filters: readonly AccountFilter[]): boolean {
  return filters.every((filter) => {
    if (filter.kind === 'dataSize') return account.data.length === filter.bytes;
    if (filter.kind === 'tokenAccount') return decodeTokenAccount(account) !== null;
    const part = account.data.subarray(filter.offset, filter.offset + filter.bytes.length);
    return Buffer.compare(part, filter.bytes) === 0;
  });
}

function readAccountFilter(value: unknown): AccountFilter {
  if (value === 'tokenAccountState') return { kind: 'tokenAccount' };
  const filter = readConfig(value);
  const range = { min: 0, max: 10 * 1024 * 1024 };
  if (filter['dataSize'] !== undefined) {
    return { kind: 'dataSize', bytes: readInteger(filter['dataSize'], 'dataSize', range) };
  }
  if (filter['memcmp'] === undefined) throw invalidParams('Invalid params: unknown filter.');
  const memcmp = readConfig(filter['memcmp']);
  const offset = readInteger(memcmp['offset'] ?? 0, 'memcmp.offset', range);
  const text = readText(memcmp['bytes'], 'memcmp.bytes');
  if (text.length > filterTextMax) throw invalidParams('Invalid param: encoded data is too large');
  const base64 = memcmp['encoding'] === 'base64';
  const bytes = base64 ? Uint8Array.from(Buffer.from(text, 'base64')) : bs58.decodeUnsafe(text);
  if (bytes === undefined) throw invalidParams('Invalid param: invalid base58 filter bytes');
  return { kind: 'memcmp', offset, bytes };
}
