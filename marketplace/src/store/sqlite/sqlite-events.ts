import type { Actor, NewEvent } from '@node3/shared/events';
import type { Reason } from '@node3/shared/job-state';
import type Database from 'better-sqlite3';
import type { EventRow } from '../rows.ts';
import type { Store } from '../store.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import { statement } from './statement.ts';

interface EventRecord {
  seq: bigint;
  name: string;
  at_ms: bigint;
  actor: string;
  account_id: string | null;
  job_id: string | null;
  execution_id: string | null;
  reason: string | null;
  data: string;
}

const insertEvent = `
  INSERT INTO events (name, at_ms, actor, account_id, job_id, execution_id, reason, data)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?)`;
const selectAfter = 'SELECT * FROM events WHERE seq > +? ORDER BY seq LIMIT +?';
const selectOfJob = 'SELECT * FROM events WHERE job_id = +? ORDER BY seq LIMIT +?';
const selectLast = 'SELECT max(seq) AS seq FROM events';

/**
 * Appends events to the log, inside a write. After its commit the listener hears of them, in the
 * order of their sequence numbers.
 */
export function appendEventsIn(
  sqlite: SqliteDatabase,
  db: Database.Database,
  events: readonly NewEvent[],
): EventRow[] {
  const insert = statement(db, insertEvent);
  const rows = events.map((event) => {
    const { name, atMs, actor, accountId, jobId, executionId, reason } = event;
    const data = JSON.stringify(event.data);
    const result = insert.run(name, atMs, actor, accountId, jobId, executionId, reason, data);
    return { ...event, seq: Number(result.lastInsertRowid) };
  });
  sqlite.announce(rows);
  return rows;
}

export function eventsOfJobIn(db: Database.Database, jobId: string, limit: number): EventRow[] {
  return statement<EventRecord>(db, selectOfJob).all(jobId, limit).map(toEvent);
}

export function createSqliteEvents(
  sqlite: SqliteDatabase,
): Pick<Store, 'eventsAfter' | 'lastEventSeq' | 'onEvents'> {
  return {
    async eventsAfter(seq, limit) {
      return sqlite.read((db) =>
        statement<EventRecord>(db, selectAfter).all(seq, limit).map(toEvent),
      );
    },
    async lastEventSeq() {
      const last = sqlite.read((db) => statement<{ seq: bigint | null }>(db, selectLast).get());
      return Number(last?.seq ?? 0n);
    },
    onEvents(listener) {
      sqlite.onEvents(listener);
    },
  };
}

function toEvent(record: EventRecord): EventRow {
  return {
    seq: Number(record.seq),
    name: record.name,
    atMs: Number(record.at_ms),
    actor: record.actor as Actor,
    accountId: record.account_id,
    jobId: record.job_id,
    executionId: record.execution_id,
    reason: record.reason as Reason | null,
    data: JSON.parse(record.data) as EventRow['data'],
  };
}
