import type { NewEvent } from '@node3/shared/events';
import type { Asset } from '@node3/shared/money';
import type Database from 'better-sqlite3';
import type { Caps } from '../../domain/spending-caps.ts';
import type { PostingCaps } from '../job-store.ts';
import type { EventRow, JobRow } from '../rows.ts';
import { checkCaps, copyCaps, saveCaps } from '../sql/cap-store.ts';
import { appendEvents, eventsOfJob } from '../sql/events.ts';
import type { PendingTotals } from '../sql/pending-totals.ts';
import type { SpecCache } from '../sql/spec-cache.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import { txOf } from './sqlite-tx.ts';

/** Works for those stores that are not written in works yet. */

export function pendingTotalsOf(db: Database.Database): PendingTotals {
  return txOf(db).pending;
}

export function specCacheOf(db: Database.Database): SpecCache {
  return txOf(db).specs;
}

export function appendEventsIn(
  _sqlite: SqliteDatabase,
  db: Database.Database,
  events: readonly NewEvent[],
): EventRow[] {
  return txOf(db).finish(appendEvents(txOf(db), events));
}

export function eventsOfJobIn(db: Database.Database, jobId: string, limit: number): EventRow[] {
  return txOf(db).finish(eventsOfJob(txOf(db), jobId, limit));
}

export function putCapsIn(db: Database.Database, owner: string, caps: Record<Asset, Caps>): void {
  txOf(db).finish(saveCaps(txOf(db), owner, caps));
}

export function copyCapsIn(db: Database.Database, from: string, to: string): void {
  txOf(db).finish(copyCaps(txOf(db), from, to));
}

export function checkCapsIn(db: Database.Database, job: JobRow, posting: PostingCaps): void {
  txOf(db).finish(checkCaps(txOf(db), job, posting));
}
