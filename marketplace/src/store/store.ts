import type { NewEvent } from '@node3/shared/events';
import type { Asset, BaseUnits } from '@node3/shared/money';
import type { AccountSearch } from './account-search.ts';
import type { AccountStore } from './account-store.ts';
import type { AlertStore } from './alert-store.ts';
import type { ArtifactStore } from './artifact-store.ts';
import type { AuditStore } from './audit-store.ts';
import type { CapStore } from './cap-store.ts';
import type { DataKeyStore } from './data-key-store.ts';
import type { DependencyStore } from './dependency-store.ts';
import type { DepositStore } from './deposit-store.ts';
import type { ExecutionUsageStore } from './execution-usage-store.ts';
import type { FlowStore } from './flow-store.ts';
import type { GpuProofStore } from './gpu-proof-store.ts';
import type { JobLinkStore } from './job-link-store.ts';
import type { JobStore } from './job-store.ts';
import type { LedgerHistory } from './ledger-history.ts';
import type { LogStore } from './log-store.ts';
import type { PayoutStore } from './payout-store.ts';
import type { PriceStore } from './price-store.ts';
import type { ProviderStore } from './provider-store.ts';
import type { QuoteStore } from './quote-store.ts';
import type { ReplicaStore } from './replica-store.ts';
import type { ReservationStore } from './reservation-store.ts';
import type { EventRow, LedgerEntryRow, Transfer } from './rows.ts';
import type { ScheduleStore } from './schedule-store.ts';
import type { SessionStore } from './session-store.ts';
import type { SnippetStore } from './snippet-store.ts';
import type { StatementStore } from './statement-store.ts';
import type { SwitchStore } from './switch-store.ts';
import type { TemplateStore } from './template-store.ts';
import type { UsageStore } from './usage-store.ts';
import type { WebhookStore } from './webhook-store.ts';
import type { WithdrawalStore } from './withdrawal-store.ts';
import type { X402Store } from './x402-store.ts';

/**
 * The marketplace's only memory. Every method is one transaction; a promise that resolves means
 * the change is on disk. A promise that rejects with STORE_UNAVAILABLE means *unknown*, never
 * *failed*: the process must reopen the store and look. STORAGE_FULL means that nothing has happened,
 * and that the same may be asked again later. Methods are domain transitions, so that
 * SQLite and PostgreSQL implement the same few, and no caller composes SQL.
 */
export interface Store
  extends AccountStore,
    AccountSearch,
    AlertStore,
    AuditStore,
    ArtifactStore,
    CapStore,
    DataKeyStore,
    DependencyStore,
    DepositStore,
    ExecutionUsageStore,
    FlowStore,
    GpuProofStore,
    JobLinkStore,
    JobStore,
    LogStore,
    PriceStore,
    ProviderStore,
    QuoteStore,
    PayoutStore,
    LedgerStore,
    ReplicaStore,
    ReservationStore,
    ScheduleStore,
    SnippetStore,
    SessionStore,
    StatementStore,
    SwitchStore,
    TemplateStore,
    UsageStore,
    WebhookStore,
    WithdrawalStore,
    X402Store {
  /**
   * Writes everything as it is at one moment into a new SQLite file, while others go on. Rejects when
   * there is such a file already.
   */
  backUp(file: string): Promise<void>;
  /** Proves that a write reaches the disk. Rejects with STORE_UNAVAILABLE or STORAGE_FULL. */
  checkWritable(): Promise<void>;
  /** Events after `seq`, oldest first, at most `limit`. */
  eventsAfter(seq: number, limit: number): Promise<EventRow[]>;
  /**
   * Events of an account, of a job, or all, after `afterSeq`, oldest first, at most `limit`. Looks
   * at no more than `scanMax` rows, so that nobody else waits; `scannedTo` is where to go on.
   */
  eventsMatching(search: EventSearch): Promise<{ events: EventRow[]; scannedTo: number }>;
  /** The newest event's sequence number; 0 in an empty store. */
  lastEventSeq(): Promise<number>;
  /** Called after each commit with the events it stored, in order. One listener at most. */
  onEvents(listener: (events: EventRow[]) => void): void;
  /** Finishes queued writes and closes the file. */
  close(): Promise<void>;
}

export interface EventSearch {
  accountId: string | null;
  jobId: string | null;
  afterSeq: number;
  limit: number;
  scanMax: number;
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
  /** Entries after a number, oldest first, at most `limit`. */
  ledgerEntries(afterEntry: number, limit: number): Promise<LedgerEntryRow[]>;
  /** The entries of these transfer ids, in the order of the ledger; unknown ids are left out. */
  ledgerEntriesById(transferIds: string[]): Promise<LedgerEntryRow[]>;
  /** Checks the whole ledger: `auditLedger` from the first entry on. */
  verifyLedger(): Promise<LedgerVerdict>;
  /**
   * Recomputes the ledger from its entries: the chain of hashes, every balance, the holds of jobs and
   * the payments of payouts. Reads in pages, so that others are served meanwhile, and compares in the
   * turn in which it has seen all. `since` checks only what came after an audit of this store; that
   * one is used up by it, however this ends. Rejects when the signal aborts.
   */
  auditLedger(since: LedgerAudit | null, signal?: AbortSignal): Promise<LedgerAudit>;
}

export interface LedgerTotals {
  transfers: number;
  /** What is owed, to whomever: everything that is neither earned nor the operator's, per asset. */
  liabilities: Record<Asset, BaseUnits>;
  held: Record<Asset, BaseUnits>;
  feeRevenue: Record<Asset, BaseUnits>;
  treasury: Record<Asset, BaseUnits>;
}

export interface LedgerVerdict {
  balanced: boolean;
  /** One sentence per difference found. */
  problems: string[];
}

export interface LedgerAudit extends LedgerVerdict {
  /** The newest entry that was seen, and its hash: whoever keeps both can tell a rewritten ledger. */
  entry: number;
  hash: Uint8Array;
  /** Where the next audit goes on. */
  history: LedgerHistory;
}
