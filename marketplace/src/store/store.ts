import type { NewEvent } from '@node3/shared/events';
import type { Asset, BaseUnits } from '@node3/shared/money';
import type { AccountStore } from './account-store.ts';
import type { JobStore } from './job-store.ts';
import type { PayoutStore } from './payout-store.ts';
import type { EventRow, Transfer } from './rows.ts';

/**
 * The marketplace's only memory. Every method is one transaction; a promise that resolves means
 * the change is on disk. A promise that rejects with STORE_UNAVAILABLE means *unknown*, never
 * *failed*: the process must reopen the store and look. Methods are domain transitions, so that
 * SQLite and PostgreSQL implement the same few, and no caller composes SQL.
 */
export interface Store extends AccountStore, JobStore, PayoutStore, LedgerStore {
  /** Proves that a write reaches the disk. Rejects with STORE_UNAVAILABLE. */
  checkWritable(): Promise<void>;
  /** Events after `seq`, oldest first, at most `limit`. */
  eventsAfter(seq: number, limit: number): Promise<EventRow[]>;
  /** The newest event's sequence number; 0 in an empty store. */
  lastEventSeq(): Promise<number>;
  /** Called after each commit with the events it stored, in order. One listener at most. */
  onEvents(listener: (events: EventRow[]) => void): void;
  /** Finishes queued writes and closes the file. */
  close(): Promise<void>;
}

export interface LedgerStore {
  /**
   * Posts transfers with their events in one transaction. A transfer id that exists with the same
   * content is skipped; with other content it is an assertion failure. A transfer that would make a
   * balance negative rejects with FUNDS_INSUFFICIENT and posts nothing.
   */
  postTransfers(transfers: Transfer[], events: NewEvent[], nowMs: number): Promise<void>;
  /** Balance on the account's normal side; 0 for an account that was never used. */
  ledgerBalance(account: string, asset: Asset): Promise<BaseUnits>;
  /** Sums over all accounts, for health, treasury and proof of reserves. */
  ledgerTotals(): Promise<LedgerTotals>;
  /** Recomputes every balance from the transfers. */
  verifyLedger(): Promise<LedgerVerdict>;
}

export interface LedgerTotals {
  transfers: number;
  /** What is owed: users' available and held money and providers' payable, per asset. */
  liabilities: Record<Asset, BaseUnits>;
  held: Record<Asset, BaseUnits>;
  feeRevenue: Record<Asset, BaseUnits>;
  treasury: Record<Asset, BaseUnits>;
  operatorCapital: Record<Asset, BaseUnits>;
}

export interface LedgerVerdict {
  balanced: boolean;
  /** One sentence per difference found. */
  problems: string[];
}
