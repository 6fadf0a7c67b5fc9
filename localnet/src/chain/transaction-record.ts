import { memoPrograms } from './program-address.ts';
import type { TokenAmount } from './token-layout.ts';
import { isWritable, type LoadedAddresses } from './transaction-accounts.ts';
import type { TransactionError } from './transaction-error.ts';
import type { InnerInstructions, ReturnData } from './vm.ts';
import type { WireTransaction } from './wire-transaction.ts';

export interface TokenBalance {
  accountIndex: number;
  mint: string;
  owner: string;
  programId: string;
  uiTokenAmount: TokenAmount;
}

/** Everything the RPC can tell about a transaction that became part of a block. */
export interface TransactionRecord {
  slot: number;
  blockTimeSec: number;
  wire: WireTransaction;
  /** Agave tells duplicates apart by this, not by signature. Hexadecimal. */
  messageHash: string;
  keys: string[];
  loaded: LoadedAddresses;
  err: TransactionError | null;
  logs: string[];
  fee: bigint;
  computeUnits: bigint;
  preBalances: bigint[];
  postBalances: bigint[];
  preTokenBalances: TokenBalance[];
  postTokenBalances: TokenBalance[];
  innerInstructions: InnerInstructions[];
  returnData: ReturnData | null;
}

export function writableKeys(record: TransactionRecord): string[] {
  return record.keys.filter((_, index) => isWritable(record.wire.message, index));
}

/** Memos in the form `getSignaturesForAddress` shows: `[length] text`, joined by semicolons. */
export function memoOf(record: TransactionRecord): string | null {
  const { message } = record.wire;
  const memos = message.instructions
    .filter(({ programIdIndex }) => memoPrograms.has(message.staticKeys[programIdIndex] ?? ''))
    .map(({ data }) => `[${data.length}] ${Buffer.from(data).toString('utf8')}`);
  return memos.length === 0 ? null : memos.join('; ');
}
