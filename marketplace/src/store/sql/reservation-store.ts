import type { ReservationRow, ReservationStore } from '../reservation-store.ts';
import { fromJson, toList, toNumberOrNull } from './codec.ts';
import type { Database } from './database.ts';
import { appendEventsIn } from './events.ts';
import type { Tx, Work } from './work.ts';

interface ReservationRecord {
  reservation_id: string;
  account_id: string;
  agent_ids: string;
  from_ms: bigint;
  until_ms: bigint;
  created_at_ms: bigint;
  cancelled_at_ms: bigint | null;
}

const insertReservation = `
  INSERT INTO reservations (reservation_id, account_id, agent_ids, from_ms, until_ms, created_at_ms)
  VALUES (@reservationId, @accountId, @agentIds, @fromMs, @untilMs, @createdAtMs)`;
const selectOpen = `
  SELECT * FROM reservations WHERE cancelled_at_ms IS NULL AND until_ms > ? ORDER BY until_ms`;
const selectOne = 'SELECT * FROM reservations WHERE reservation_id = ?';
const cancelOne = 'UPDATE reservations SET cancelled_at_ms = ? WHERE reservation_id = ?';

export function createReservationStore(database: Database): ReservationStore {
  return {
    addReservation(reservation, events) {
      return database.write(function* (tx) {
        const { cancelledAtMs: _, ...columns } = reservation;
        const row = { ...columns, agentIds: toList(reservation.agentIds) };
        const later = yield* tx.all<ReservationRecord>(selectOpen, reservation.fromMs);
        if (later.map(toReservation).some((other) => overlap(other, reservation))) return false;
        yield* tx.post(insertReservation, row);
        yield* appendEventsIn(tx, events);
        return true;
      });
    },
    reservations(endAfterMs) {
      return database.read(function* (tx) {
        return (yield* tx.all<ReservationRecord>(selectOpen, endAfterMs)).map(toReservation);
      });
    },
    cancelReservation(reservationId, nowMs, events) {
      return database.write(function* (tx) {
        const found = yield* reservationIn(tx, reservationId);
        if (found === null || found.cancelledAtMs !== null) return found;
        yield* tx.post(cancelOne, nowMs, reservationId);
        yield* appendEventsIn(tx, events(found));
        return { ...found, cancelledAtMs: nowMs };
      });
    },
  };
}

/** One that ends at a moment and one that begins there do not overlap. */
function overlap(a: ReservationRow, b: ReservationRow): boolean {
  const isAtOnce = a.fromMs < b.untilMs && b.fromMs < a.untilMs;
  return isAtOnce && a.agentIds.some((agentId) => b.agentIds.includes(agentId));
}

function* reservationIn(tx: Tx, reservationId: string): Work<ReservationRow | null> {
  const found = yield* tx.get<ReservationRecord>(selectOne, reservationId);
  return found === undefined ? null : toReservation(found);
}

function toReservation(record: ReservationRecord): ReservationRow {
  return {
    reservationId: record.reservation_id,
    accountId: record.account_id,
    agentIds: fromJson(record.agent_ids) as string[],
    fromMs: Number(record.from_ms),
    untilMs: Number(record.until_ms),
    createdAtMs: Number(record.created_at_ms),
    cancelledAtMs: toNumberOrNull(record.cancelled_at_ms),
  };
}
