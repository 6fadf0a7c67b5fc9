import bs58 from 'bs58';
import { lookupTableProgram } from './program-address.ts';
import type { StoredAccount } from './stored-account.ts';
import type { TransactionError } from './transaction-error.ts';
import type { WireMessage } from './wire-message.ts';

export interface LoadedAddresses {
  writable: string[];
  readonly: string[];
}

export interface TransactionAccounts {
  /** Static keys, then looked-up writable ones, then looked-up read-only ones: what indexes mean. */
  keys: string[];
  loaded: LoadedAddresses;
}

/** The transaction can't be part of any block, so it costs nothing and leaves no trace. */
export class TransactionRejected extends Error {
  override readonly name = 'TransactionRejected';
  readonly reason: TransactionError;
  constructor(reason: TransactionError) {
    super('the transaction can not be part of a block');
    this.reason = reason;
  }
}

/** Size of the fixed part of a lookup table account; addresses follow. */
const tableHeadBytes = 56;

/** Resolves address table lookups. Throws TransactionRejected as a validator would. */
export function resolveAccounts(
  message: WireMessage,
  readAccount: (address: string) => StoredAccount | null,
): TransactionAccounts {
  const loaded: LoadedAddresses = { writable: [], readonly: [] };
  for (const lookup of message.lookups) {
    const addressAt = openTable(readAccount(lookup.tableAddress));
    loaded.writable.push(...lookup.writableIndexes.map(addressAt));
    loaded.readonly.push(...lookup.readonlyIndexes.map(addressAt));
  }
  return { keys: [...message.staticKeys, ...loaded.writable, ...loaded.readonly], loaded };
}

function openTable(table: StoredAccount | null) {
  if (table === null) throw new TransactionRejected('AddressLookupTableNotFound');
  if (table.owner !== lookupTableProgram) {
    throw new TransactionRejected('InvalidAddressLookupTableOwner');
  }
  if (table.data.length < tableHeadBytes) {
    throw new TransactionRejected('InvalidAddressLookupTableData');
  }
  return (index: number): string => {
    const start = tableHeadBytes + index * 32;
    if (start + 32 > table.data.length) {
      throw new TransactionRejected('InvalidAddressLookupTableIndex');
    }
    return bs58.encode(table.data.subarray(start, start + 32));
  };
}

export function isSigner(message: WireMessage, index: number): boolean {
  return index < message.header.numRequiredSignatures;
}

/** Whether the transaction locks the account at `index` for writing. */
export function isWritable(message: WireMessage, index: number): boolean {
  const { header, staticKeys, lookups } = message;
  const signers = header.numRequiredSignatures;
  if (index < signers) return index < signers - header.numReadonlySignedAccounts;
  if (index < staticKeys.length) {
    return index < staticKeys.length - header.numReadonlyUnsignedAccounts;
  }
  const writableLoaded = lookups.reduce((sum, lookup) => sum + lookup.writableIndexes.length, 0);
  return index < staticKeys.length + writableLoaded;
}
