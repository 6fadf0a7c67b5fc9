import type { DepositStore } from '../deposit-store.ts';
import { toList, toNumberOrNull } from './codec.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import { statement } from './statement.ts';

interface CursorRecord {
  signature: string | null;
  slot: bigint | null;
  start_slot: bigint | null;
}

const selectCursor = 'SELECT signature, slot, start_slot FROM deposit_cursors WHERE address = ?';
const saveCursor = `
  INSERT INTO deposit_cursors (address, signature, slot, start_slot) VALUES (?, ?, ?, ?)
  ON CONFLICT (address) DO UPDATE SET signature = excluded.signature, slot = excluded.slot`;
const given = 'IN (SELECT value FROM json_each(?))';
const selectPurposes = `
  SELECT signature, 'payout' AS purpose FROM payout_attempts WHERE signature ${given}
  UNION ALL SELECT signature, purpose FROM treasury_signatures WHERE signature ${given}
  UNION ALL SELECT signature, 'deposit' FROM deposits WHERE signature ${given}`;
/** Tried again after 2, 4, 8 … seconds, at most every hour. */
const setAside = `
  INSERT INTO deposits_set_aside (signature, tries, next_at_ms) VALUES (@signature, 1, @nowMs + 2000)
  ON CONFLICT (signature) DO UPDATE
  SET tries = tries + 1, next_at_ms = @nowMs + min(3600000, 1000 << min(tries + 1, 12))`;
const selectSetAside =
  'SELECT signature FROM deposits_set_aside WHERE next_at_ms <= ? ORDER BY next_at_ms LIMIT ?';
const forget = 'DELETE FROM deposits_set_aside WHERE signature = ?';
const holdLease = `
  INSERT INTO worker_leases (name, owner, until_ms) VALUES (@name, @owner, @untilMs)
  ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, until_ms = excluded.until_ms
  WHERE owner = excluded.owner OR until_ms <= @nowMs`;
const releaseLease = 'DELETE FROM worker_leases WHERE name = ? AND owner = ?';

/** How far the chain was read, what is known of its transactions, and who reads it. */
export function createSqliteDepositScan(
  sqlite: SqliteDatabase,
): Pick<
  DepositStore,
  | 'depositCursor'
  | 'saveDepositCursor'
  | 'signaturePurposes'
  | 'setAsideDeposits'
  | 'depositsSetAside'
  | 'forgetSetAside'
  | 'holdWorkerLease'
  | 'releaseWorkerLease'
> {
  return {
    async depositCursor(address) {
      const found = sqlite.read((db) => statement<CursorRecord>(db, selectCursor).get(address));
      if (found === undefined) return null;
      const { signature, slot, start_slot } = found;
      return { signature, slot: toNumberOrNull(slot), startSlot: toNumberOrNull(start_slot) };
    },
    saveDepositCursor(address, { signature, slot, startSlot }) {
      return sqlite.write((db) => {
        statement(db, saveCursor).run(address, signature, slot, startSlot);
      });
    },
    async signaturePurposes(signatures) {
      const list = toList(signatures);
      const rows = sqlite.read((db) =>
        statement<{ signature: string; purpose: string }>(db, selectPurposes).all(list, list, list),
      );
      return new Map(rows.map((row) => [row.signature, row.purpose]));
    },
    setAsideDeposits(signatures, nowMs) {
      return sqlite.write((db) => {
        for (const signature of signatures) statement(db, setAside).run({ signature, nowMs });
      });
    },
    async depositsSetAside(nowMs, limit) {
      const rows = sqlite.read((db) =>
        statement<{ signature: string }>(db, selectSetAside).all(nowMs, limit),
      );
      return rows.map((row) => row.signature);
    },
    forgetSetAside(signature) {
      return sqlite.write((db) => {
        statement(db, forget).run(signature);
      });
    },
    holdWorkerLease(lease, nowMs) {
      return sqlite.write((db) => statement(db, holdLease).run({ ...lease, nowMs }).changes === 1);
    },
    releaseWorkerLease(name, owner) {
      return sqlite.write((db) => {
        statement(db, releaseLease).run(name, owner);
      });
    },
  };
}
