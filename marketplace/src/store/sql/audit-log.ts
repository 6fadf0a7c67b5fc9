import { type AuditPlace, auditGenesis, auditHash } from '@node3/shared/audit-chain';
import { canonicalJson } from '@node3/shared/canonical-json';
import type { NewEvent } from '@node3/shared/events';
import type { AuditEntry } from '@node3/shared/routes/audit';
import { toTimestamp } from '@node3/shared/schema';
import type { AuditPage, AuditStore, NewAuditEntry } from '../audit-store.ts';
import { auditEntryOf, isAudited } from '../audited-events.ts';
import type { Database } from './database.ts';
import { done, type Tx, type Work } from './work.ts';

interface AuditRecord {
  entry: bigint;
  at_ms: bigint;
  action: string;
  actor: string;
  account_id: string | null;
  key_id: string | null;
  ip: string | null;
  request_id: string | null;
  target: string | null;
  facts: string;
  hash: Uint8Array;
}

interface PlaceRecord {
  entry: bigint;
  hash: Uint8Array;
}

const insertEntry = `
  INSERT INTO audit_log (entry, at_ms, action, actor, account_id, key_id, ip, request_id, target,
    facts, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
// A write, so that where several may append, the next one waits for the end of this transaction.
const takeHead = 'UPDATE audit_head SET appends = appends + 1 WHERE one = 1 RETURNING entry, hash';
const selectHead = 'SELECT entry, hash FROM audit_head WHERE one = 1';
const moveHead = 'UPDATE audit_head SET entry = ?, hash = ? WHERE one = 1';
const selectRemoved = `
  SELECT entry, hash FROM audit_checkpoints WHERE entry > 0 ORDER BY entry DESC LIMIT 1`;
const selectOld = `
  SELECT entry, hash, at_ms FROM audit_log WHERE entry > ? ORDER BY entry LIMIT ?`;
const insertCheckpoint = 'INSERT INTO audit_checkpoints (entry, hash, at_ms) VALUES (?, ?, ?)';
const deleteRemoved = 'DELETE FROM audit_log WHERE entry <= ?';

export function createAuditStore(database: Database): AuditStore {
  return {
    appendAudit: (entries) => database.write((tx) => appendAudit(tx, entries)),
    auditEntries: (page) => database.read((tx) => auditEntries(tx, page)),
    auditEnds: () => database.read(auditEnds),
    pruneAudit: (beforeMs, nowMs, limit) =>
      database.write((tx) => pruneAudit(tx, beforeMs, nowMs, limit)),
  };
}

const nothing = done<void>(undefined);

/** Notes those of the events that are audited, inside the write that stores them. */
export function appendAuditOf(tx: Tx, events: readonly NewEvent[]): Work<void> {
  const entries: NewAuditEntry[] = [];
  for (const event of events) {
    if (isAudited(event, tx.origin)) entries.push(auditEntryOf(event, tx.origin));
  }
  return entries.length > 0 ? appendAudit(tx, entries) : nothing;
}

function* appendAudit(tx: Tx, entries: readonly NewAuditEntry[]): Work<void> {
  const head = yield* tx.get<PlaceRecord>(takeHead);
  let at = toPlace(head);
  for (const entry of entries) {
    const hash = auditHash(at.hash, toEntry({ ...entry, entry: at.entry + 1 }));
    at = { entry: at.entry + 1, hash };
    const { atMs, action, actor, accountId, keyId, ip, requestId, target } = entry;
    const who = [action, actor, accountId, keyId, ip, requestId, target];
    const facts = canonicalJson(entry.facts);
    yield* tx.post(insertEntry, at.entry, atMs, ...who, facts, hash);
    yield* tx.post(moveHead, at.entry, hash);
  }
}

function* auditEnds(tx: Tx): Work<{ head: AuditPlace; removed: AuditPlace }> {
  const head = yield* tx.get<PlaceRecord>(selectHead);
  const removed = yield* tx.get<PlaceRecord>(selectRemoved);
  return { head: toPlace(head), removed: toPlace(removed) };
}

/** One text for each way to find entries; what is left is compared row by row. */
const among = {
  all: 'entry > 0',
  action: 'action = @action',
  account: 'account_id = @accountId',
  target: 'target = @target',
};
const matching = `
  (CAST(@action AS TEXT) IS NULL OR action = @action)
  AND (CAST(@actor AS TEXT) IS NULL OR actor = @actor)
  AND (CAST(@accountId AS TEXT) IS NULL OR account_id = @accountId)
  AND (CAST(@keyId AS TEXT) IS NULL OR key_id = @keyId)
  AND (CAST(@target AS TEXT) IS NULL OR target = @target)
  AND (CAST(@requestId AS TEXT) IS NULL OR request_id = @requestId)
  AND at_ms >= @fromMs AND at_ms < @untilMs`;

function pageOf(where: string): Record<AuditPage['order'], string> {
  const select = `SELECT * FROM audit_log WHERE ${where} AND ${matching} AND entry`;
  return {
    newest: `${select} < @cursor ORDER BY entry DESC LIMIT @limit`,
    oldest: `${select} > @cursor ORDER BY entry LIMIT @limit`,
  };
}

const pages = {
  all: pageOf(among.all),
  action: pageOf(among.action),
  account: pageOf(among.account),
  target: pageOf(among.target),
};

function* auditEntries(tx: Tx, { filter, order, cursor, limit }: AuditPage): Work<AuditEntry[]> {
  const found = yield* tx.all<AuditRecord>(pages[wayOf(filter)][order], {
    ...filter,
    fromMs: filter.fromMs ?? 0,
    untilMs: filter.untilMs ?? Number.MAX_SAFE_INTEGER,
    cursor: cursor ?? (order === 'newest' ? Number.MAX_SAFE_INTEGER : 0),
    limit,
  });
  return found.map(fromRecord);
}

function wayOf(filter: AuditPage['filter']): keyof typeof pages {
  if (filter.target !== null) return 'target';
  if (filter.accountId !== null) return 'account';
  return filter.action === null ? 'all' : 'action';
}

function* pruneAudit(tx: Tx, beforeMs: number, nowMs: number, limit: number): Work<number> {
  const removed = toPlace(yield* tx.get<PlaceRecord>(selectRemoved));
  const oldest = yield* tx.all<PlaceRecord & { at_ms: bigint }>(selectOld, removed.entry, limit);
  const kept = oldest.findIndex((record) => record.at_ms >= beforeMs);
  const count = kept === -1 ? oldest.length : kept;
  const last = oldest[count - 1];
  if (last === undefined) return 0;
  yield* tx.post(insertCheckpoint, Number(last.entry), last.hash, nowMs);
  yield* tx.post(deleteRemoved, Number(last.entry));
  return count;
}

function toPlace(record: PlaceRecord | undefined): AuditPlace {
  if (record === undefined) return { entry: 0, hash: auditGenesis };
  return { entry: Number(record.entry), hash: record.hash };
}

/** An entry as it goes over the wire, without its hash: this is what is hashed. */
function toEntry({ atMs, ...rest }: NewAuditEntry & { entry: number }): Omit<AuditEntry, 'hash'> {
  return { ...rest, at: toTimestamp(atMs) };
}

function fromRecord(record: AuditRecord): AuditEntry {
  const entry = toEntry({
    entry: Number(record.entry),
    atMs: Number(record.at_ms),
    action: record.action,
    actor: record.actor,
    accountId: record.account_id,
    keyId: record.key_id,
    ip: record.ip,
    requestId: record.request_id,
    target: record.target,
    facts: JSON.parse(record.facts) as AuditEntry['facts'],
  });
  return { ...entry, hash: Buffer.from(record.hash).toString('hex') };
}
