import type {
  AttemptOutcome,
  AttemptRow,
  DeliveryRow,
  DeliverySearch,
  DeliveryState,
  PendingDeliveries,
  WebhookStore,
} from '../webhook-store.ts';
import type { Database } from './database.ts';
import { changeWebhook, createWebhooks } from './webhooks.ts';
import type { Tx, Work } from './work.ts';

interface DeliveryRecord {
  delivery_id: string;
  webhook_id: string;
  event_seq: bigint;
  type: string;
  state: DeliveryState;
  attempts: bigint;
  next_at_ms: bigint | null;
  created_at_ms: bigint;
}

interface AttemptRecord {
  delivery_id: string;
  number: bigint;
  at_ms: bigint;
  status: bigint | null;
  latency_ms: bigint;
  error: string | null;
  answer: string | null;
}

const insertDelivery = `
  INSERT INTO webhook_deliveries (delivery_id, webhook_id, event_seq, type, state, attempts,
    next_at_ms, created_at_ms)
  SELECT CAST(? AS TEXT), webhook_id, CAST(? AS BIGINT), CAST(? AS TEXT), 'pending', 0,
    CAST(? AS BIGINT), CAST(? AS BIGINT) FROM webhooks WHERE webhook_id = ?
  ON CONFLICT (webhook_id, event_seq) DO NOTHING`;
const moveCursor = 'UPDATE webhooks SET cursor_seq = ? WHERE webhook_id = ? AND cursor_seq < ?';
const countPending = `
  SELECT webhook_id, count(*) AS pending, min(next_at_ms) AS next_at_ms
  FROM webhook_deliveries INDEXED BY webhook_deliveries_due
  WHERE next_at_ms IS NOT NULL GROUP BY webhook_id`;
const selectDue = `
  SELECT * FROM webhook_deliveries INDEXED BY webhook_deliveries_due
  WHERE webhook_id = ? AND next_at_ms <= ? ORDER BY next_at_ms LIMIT ?`;
const noteOutcome = `
  UPDATE webhook_deliveries SET state = @state, attempts = @attempts + 1, next_at_ms = @nextAtMs
  WHERE delivery_id = @deliveryId AND attempts = @attempts AND state = 'pending'`;
const lastNumber = `
  SELECT number FROM webhook_attempts WHERE delivery_id = ? ORDER BY number DESC LIMIT 1`;
const insertAttempt = `
  INSERT INTO webhook_attempts (delivery_id, number, at_ms, status, latency_ms, error, answer)
  VALUES (?, ?, ?, ?, ?, ?, ?)`;
const selectAll = `
  SELECT * FROM webhook_deliveries WHERE webhook_id = ? AND delivery_id < ?
  ORDER BY delivery_id DESC LIMIT ?`;
const selectInState = `
  SELECT * FROM webhook_deliveries WHERE webhook_id = ? AND delivery_id < ? AND state = ?
  ORDER BY delivery_id DESC LIMIT ?`;
const selectOfAll = `
  SELECT * FROM webhook_deliveries WHERE delivery_id < ? ORDER BY delivery_id DESC LIMIT ?`;
const selectFailed = `
  SELECT * FROM webhook_deliveries INDEXED BY webhook_deliveries_failed
  WHERE state = 'failed' AND delivery_id < ? ORDER BY delivery_id DESC LIMIT ?`;
const countFailed = `
  SELECT count(*) AS count FROM (
    SELECT delivery_id FROM webhook_deliveries INDEXED BY webhook_deliveries_failed
    WHERE state = 'failed' LIMIT ?) AS page`;
const selectDelivery = 'SELECT * FROM webhook_deliveries WHERE delivery_id = ?';
const selectAttempts = `
  SELECT * FROM webhook_attempts WHERE delivery_id = ? ORDER BY number DESC LIMIT ?`;
const sendAgain = `
  UPDATE webhook_deliveries SET state = 'pending', attempts = 0, next_at_ms = ?
  WHERE delivery_id = ? RETURNING *`;
const sendEventAgain = `
  UPDATE webhook_deliveries SET state = 'pending', attempts = 0, next_at_ms = ?
  WHERE webhook_id = ? AND event_seq = ?`;
const selectOld = `
  SELECT delivery_id FROM webhook_deliveries WHERE created_at_ms < ? ORDER BY created_at_ms LIMIT ?`;
const deleteAttempts = 'DELETE FROM webhook_attempts WHERE delivery_id = ?';
const deleteDelivery = 'DELETE FROM webhook_deliveries WHERE delivery_id = ?';
/** Sorts after every id. */
const afterAllIds = '~';

export function createWebhookStore(database: Database): WebhookStore {
  return {
    ...createWebhooks(database),
    addDeliveries: (deliveries, cursors) =>
      database.write((tx) => addDeliveries(tx, deliveries, cursors)),
    replayDeliveries: (deliveries) => database.write((tx) => replayDeliveries(tx, deliveries)),
    async pendingDeliveries() {
      const found = await database.read((tx) => tx.all<PendingRecord>(countPending));
      return found.map(toPending);
    },
    async dueDeliveries(webhookId, nowMs, limit) {
      const found = await database.read((tx) =>
        tx.all<DeliveryRecord>(selectDue, webhookId, nowMs, limit),
      );
      return found.map(toDelivery);
    },
    recordAttempt: (outcome) => database.write((tx) => recordAttempt(tx, outcome)),
    deliveries: (search) => database.read((tx) => findDeliveries(tx, search)),
    async allDeliveries({ state, beforeDeliveryId, limit }) {
      const sql = state === null ? selectOfAll : selectFailed;
      const before = beforeDeliveryId ?? afterAllIds;
      const found = await database.read((tx) => tx.all<DeliveryRecord>(sql, before, limit));
      return found.map(toDelivery);
    },
    async countFailedDeliveries(max) {
      const found = await database.read((tx) => tx.get<{ count: bigint }>(countFailed, max));
      return Number(found?.count ?? 0n);
    },
    async delivery(deliveryId) {
      const found = await database.read((tx) => tx.get<DeliveryRecord>(selectDelivery, deliveryId));
      return found === undefined ? null : toDelivery(found);
    },
    async deliveryAttempts(deliveryId, limit) {
      const found = await database.read((tx) =>
        tx.all<AttemptRecord>(selectAttempts, deliveryId, limit),
      );
      return found.map(toAttempt);
    },
    async replayDelivery(deliveryId, nowMs) {
      const found = await database.write((tx) =>
        tx.get<DeliveryRecord>(sendAgain, nowMs, deliveryId),
      );
      return found === undefined ? null : toDelivery(found);
    },
    pruneDeliveries: (beforeMs, limit) =>
      database.write((tx) => pruneDeliveries(tx, beforeMs, limit)),
  };
}

function* addDeliveries(
  tx: Tx,
  deliveries: readonly DeliveryRow[],
  cursors: ReadonlyMap<string, number>,
): Work<void> {
  for (const { deliveryId, webhookId, eventSeq, type, nextAtMs, createdAtMs } of deliveries) {
    const values = [deliveryId, eventSeq, type, nextAtMs, createdAtMs, webhookId];
    yield* tx.run(insertDelivery, ...values);
  }
  for (const [webhookId, seq] of cursors) yield* tx.run(moveCursor, seq, webhookId, seq);
}

function* replayDeliveries(tx: Tx, deliveries: readonly DeliveryRow[]): Work<void> {
  yield* addDeliveries(tx, deliveries, new Map());
  for (const { webhookId, eventSeq, nextAtMs } of deliveries) {
    yield* tx.run(sendEventAgain, nextAtMs, webhookId, eventSeq);
  }
}

function* recordAttempt(tx: Tx, outcome: AttemptOutcome): Work<boolean> {
  const { delivery, attempt, state, nextAtMs, decide } = outcome;
  const { deliveryId, attempts, webhookId } = delivery;
  const noted = yield* tx.run(noteOutcome, { deliveryId, attempts, state, nextAtMs });
  if (noted === 0) return false;
  const last = yield* tx.get<{ number: bigint }>(lastNumber, deliveryId);
  const { atMs, status, latencyMs, error, answer } = attempt;
  const number = Number(last?.number ?? 0n) + 1;
  yield* tx.run(insertAttempt, deliveryId, number, atMs, status, latencyMs, error, answer);
  yield* changeWebhook(tx, webhookId, decide);
  return true;
}

function* findDeliveries(tx: Tx, search: DeliverySearch): Work<DeliveryRow[]> {
  const { webhookId, state, beforeDeliveryId, limit } = search;
  const before = beforeDeliveryId ?? afterAllIds;
  const found =
    state === null
      ? yield* tx.all<DeliveryRecord>(selectAll, webhookId, before, limit)
      : yield* tx.all<DeliveryRecord>(selectInState, webhookId, before, state, limit);
  return found.map(toDelivery);
}

function* pruneDeliveries(tx: Tx, beforeMs: number, limit: number): Work<number> {
  const old = yield* tx.all<{ delivery_id: string }>(selectOld, beforeMs, limit);
  for (const { delivery_id: deliveryId } of old) {
    yield* tx.run(deleteAttempts, deliveryId);
    yield* tx.run(deleteDelivery, deliveryId);
  }
  return old.length;
}

interface PendingRecord {
  webhook_id: string;
  pending: bigint;
  next_at_ms: bigint;
}

function toPending(record: PendingRecord): PendingDeliveries {
  return {
    webhookId: record.webhook_id,
    pending: Number(record.pending),
    nextAtMs: Number(record.next_at_ms),
  };
}

function toDelivery(record: DeliveryRecord): DeliveryRow {
  return {
    deliveryId: record.delivery_id,
    webhookId: record.webhook_id,
    eventSeq: Number(record.event_seq),
    type: record.type,
    state: record.state,
    attempts: Number(record.attempts),
    nextAtMs: record.next_at_ms === null ? null : Number(record.next_at_ms),
    createdAtMs: Number(record.created_at_ms),
  };
}

function toAttempt(record: AttemptRecord): AttemptRow {
  return {
    deliveryId: record.delivery_id,
    number: Number(record.number),
    atMs: Number(record.at_ms),
    status: record.status === null ? null : Number(record.status),
    latencyMs: Number(record.latency_ms),
    error: record.error,
    answer: record.answer,
  };
}
