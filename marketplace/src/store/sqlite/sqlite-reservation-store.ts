import type Database from 'better-sqlite3';
import type { ReservationRow, ReservationStore } from '../reservation-store.ts';
import { fromJson, toList, toNumberOrNull } from './codec.ts';
import { appendEventsIn } from './old-style.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import { statement } from './statement.ts';

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

export function createSqliteReservationStore(sqlite: SqliteDatabase): ReservationStore {
  return {
    addReservation(reservation, events) {
      return sqlite.write((db) => {
        const { cancelledAtMs: _, ...columns } = reservation;
        const row = { ...columns, agentIds: toList(reservation.agentIds) };
        const later = statement<ReservationRecord>(db, selectOpen).all(reservation.fromMs);
        if (later.map(toReservation).some((other) => overlap(other, reservation))) return false;
        statement(db, insertReservation).run(row);
        appendEventsIn(sqlite, db, events);
        return true;
      });
    },
    async reservations(endAfterMs) {
      return sqlite.read((db) =>
        statement<ReservationRecord>(db, selectOpen).all(endAfterMs).map(toReservation),
      );
    },
    cancelReservation(reservationId, nowMs, events) {
      return sqlite.write((db) => {
        const found = reservationIn(db, reservationId);
        if (found === null || found.cancelledAtMs !== null) return found;
        statement(db, cancelOne).run(nowMs, reservationId);
        appendEventsIn(sqlite, db, events(found));
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

function reservationIn(db: Database.Database, reservationId: string): ReservationRow | null {
  const found = statement<ReservationRecord>(db, selectOne).get(reservationId);
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
