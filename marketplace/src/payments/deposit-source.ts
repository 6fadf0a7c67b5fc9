import type { ReceivedMoney } from '../store/deposit-store.ts';

/** Where deposits are seen. Only what is final is ever told. */
export interface DepositSource {
  /** The addresses whose histories name every deposit. */
  readonly addresses: readonly string[];
  /**
   * Transactions that name the address, newest first, at most a page. Rejects with
   * CHAIN_UNAVAILABLE when nobody answers.
   */
  history(address: string, range: HistoryRange): Promise<HistoryEntry[]>;
  /**
   * What a transaction moved to us; null when it is not final, or when whoever was asked does not
   * show it. Rejects with CHAIN_UNAVAILABLE when nobody answers.
   */
  read(signature: string): Promise<SeenTransaction | null>;
}

/** How many entries a full page has: after a shorter one there is nothing older. */
export const historyPageSize = 1_000;

export interface HistoryRange {
  /** Only what is older than this transaction; null from the newest on. */
  before: string | null;
  /** Only what is newer than this transaction; null down to the first. */
  until: string | null;
  limit?: number;
}

export interface HistoryEntry {
  signature: string;
  slot: number;
  failed: boolean;
}

export interface SeenTransaction {
  signature: string;
  slot: number;
  failed: boolean;
  received: ReceivedMoney[];
  /** Every account it names: one-time references are among them. */
  accounts: string[];
  /** Texts that whoever paid has written: strangers' words. */
  memos: string[];
}
