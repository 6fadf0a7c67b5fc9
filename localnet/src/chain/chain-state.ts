import type { AccountChange } from './account-history.ts';
import type { TransactionRecord } from './transaction-record.ts';

/** What a snapshot must hold for a chain to go on as if it had never stopped. */
export interface ChainState {
  /** Blockhashes follow from this and the slot number. */
  seed: Uint8Array;
  slot: number;
  /** litesvm's own snapshot: accounts, programs, sysvars, features. */
  svm: Uint8Array;
  blockTimes: [slot: number, unixSec: number][];
  accountChanges: AccountChange[];
  transactions: { records: TransactionRecord[]; count: number };
}
