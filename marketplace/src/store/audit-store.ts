import type { AuditPlace } from '@node3/shared/audit-chain';
import type { AuditEntry } from '@node3/shared/routes/audit';

/** What was done that nobody may do unnoticed. */
export interface NewAuditEntry {
  atMs: number;
  action: string;
  actor: string;
  accountId: string | null;
  keyId: string | null;
  ip: string | null;
  requestId: string | null;
  target: string | null;
  /** What was before and after. Never a secret. */
  facts: AuditEntry['facts'];
}

export interface AuditFilter {
  action: string | null;
  actor: string | null;
  accountId: string | null;
  keyId: string | null;
  target: string | null;
  requestId: string | null;
  fromMs: number | null;
  untilMs: number | null;
}

export interface AuditPage {
  filter: AuditFilter;
  order: 'newest' | 'oldest';
  /** Number of the entry after which the page begins, in its order; null begins at the end. */
  cursor: number | null;
  limit: number;
}

/**
 * The audit log: appended only, each entry chained to the one before. Events that are audited are
 * noted in the transaction that stores them; see `audited-events.ts`.
 */
export interface AuditStore {
  /** Notes what changed nothing in the store. */
  appendAudit(entries: NewAuditEntry[]): Promise<void>;
  auditEntries(page: AuditPage): Promise<AuditEntry[]>;
  /** The newest entry, and the last one that was removed for its age. */
  auditEnds(): Promise<{ head: AuditPlace; removed: AuditPlace }>;
  /**
   * Removes at most `limit` of the oldest entries that are older than `beforeMs`, and keeps the hash
   * of the last of them. @returns how many.
   */
  pruneAudit(beforeMs: number, nowMs: number, limit: number): Promise<number>;
}
