import type { Actor, NewEvent } from '@node3/shared/events';
import type { Reason } from '@node3/shared/job-state';
import type { EventsOfJobsQuery } from '../job-store.ts';
import type { EventRow } from '../rows.ts';
import type { EventSearch, Store } from '../store.ts';
import { appendAuditOf } from './audit-log.ts';
import { inTexts, toList } from './codec.ts';
import type { Database } from './database.ts';
import type { Tx, Work } from './work.ts';

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
const isAsked = `name ${inTexts} AND at_ms >= ? AND (? = '' OR execution_id = ?)`;
const selectOfJobsAfter = `
  SELECT * FROM events WHERE job_id ${inTexts} AND seq > ? AND ${isAsked} ORDER BY seq LIMIT ?`;
const selectOfJobsBefore = `
  SELECT * FROM events WHERE job_id ${inTexts} AND seq < ? AND ${isAsked} ORDER BY seq DESC LIMIT ?`;
const selectOfAccount = `
  SELECT * FROM events WHERE seq > +? AND seq <= +? AND account_id = +? ORDER BY seq LIMIT +?`;
const selectOfJobAfter =
  'SELECT * FROM events WHERE job_id = +? AND seq > +? ORDER BY seq LIMIT +?';
const selectLast = 'SELECT max(seq) AS seq FROM events';

/**
 * Appends events to the log, inside a write. After its commit the listener hears of them, in the
 * order of their sequence numbers. Those that are audited stand in the audit log from then on, too.
 */
export function* appendEventsIn(tx: Tx, events: readonly NewEvent[]): Work<EventRow[]> {
  const numbers = yield* tx.insert('seq', insertEvent, events.map(valuesOf));
  const rows = events.map((event, index) => ({ ...event, seq: numbers[index] ?? 0 }));
  yield* appendAuditOf(tx, events);
  tx.announce(rows);
  return rows;
}

export function* eventsOfJobIn(tx: Tx, jobId: string, limit: number): Work<EventRow[]> {
  const found = yield* tx.all<EventRecord>(selectOfJob, jobId, limit);
  return found.map(toEvent);
}

export function* eventsOfJobsIn(tx: Tx, query: EventsOfJobsQuery): Work<EventRow[]> {
  const [sql, start] =
    query.order === 'oldest'
      ? [selectOfJobsAfter, 0]
      : [selectOfJobsBefore, Number.MAX_SAFE_INTEGER];
  const executionId = query.executionId ?? '';
  const asked = [toList(query.names), query.sinceMs ?? 0, executionId, executionId];
  const place = [toList(query.jobIds), query.cursorSeq ?? start];
  const found = yield* tx.all<EventRecord>(sql, ...place, ...asked, query.limit);
  return found.map(toEvent);
}

function* eventsMatching(
  tx: Tx,
  search: EventSearch,
): Work<{ events: EventRow[]; scannedTo: number }> {
  const { accountId, jobId, afterSeq, limit, scanMax } = search;
  const last = yield* tx.get<{ seq: bigint | null }>(selectLast);
  const lastSeq = Number(last?.seq ?? 0n);
  // The events of a job have an index of their own: however old they are, they are found at once.
  const end = jobId === null ? Math.min(afterSeq + scanMax, lastSeq) : lastSeq;
  let found: EventRecord[];
  if (jobId !== null) found = yield* tx.all<EventRecord>(selectOfJobAfter, jobId, afterSeq, limit);
  else if (accountId === null) found = yield* tx.all<EventRecord>(selectAfter, afterSeq, limit);
  else found = yield* tx.all<EventRecord>(selectOfAccount, afterSeq, end, accountId, limit);
  const events = found.map(toEvent);
  const isFull = events.length === limit;
  const scannedTo = isFull ? (events.at(-1)?.seq ?? end) : Math.max(end, events.at(-1)?.seq ?? 0);
  return { events, scannedTo: Math.max(afterSeq, scannedTo) };
}

export function createEvents(
  database: Database,
): Pick<Store, 'eventsAfter' | 'eventsMatching' | 'lastEventSeq' | 'onEvents'> {
  return {
    async eventsAfter(seq, limit) {
      const found = await database.read((tx) => tx.all<EventRecord>(selectAfter, seq, limit));
      return found.map(toEvent);
    },
    eventsMatching: (search) => database.read((tx) => eventsMatching(tx, search)),
    async lastEventSeq() {
      const last = await database.read((tx) => tx.get<{ seq: bigint | null }>(selectLast));
      return Number(last?.seq ?? 0n);
    },
    onEvents(listener) {
      database.onEvents(listener);
    },
  };
}

function valuesOf({ name, atMs, actor, accountId, jobId, executionId, reason, data }: NewEvent) {
  return [name, atMs, actor, accountId, jobId, executionId, reason, JSON.stringify(data)];
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
