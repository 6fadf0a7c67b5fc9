import type { DepositStore } from '../deposit-store.ts';
import { inTexts, toList, toNumberOrNull } from './codec.ts';
import type { Database } from './database.ts';

interface CursorRecord {
  signature: string | null;
  slot: bigint | null;
  start_slot: bigint | null;
}

const selectCursor = 'SELECT signature, slot, start_slot FROM deposit_cursors WHERE address = ?';
const saveCursor = `
  INSERT INTO deposit_cursors (address, signature, slot, start_slot) VALUES (?, ?, ?, ?)
  ON CONFLICT (address) DO UPDATE SET signature = excluded.signature, slot = excluded.slot`;
const selectPurposes = `
  SELECT signature, 'payout' AS purpose FROM payout_attempts WHERE signature ${inTexts}
  UNION ALL SELECT signature, purpose FROM treasury_signatures WHERE signature ${inTexts}
  UNION ALL SELECT signature, 'deposit' FROM deposits WHERE signature ${inTexts}`;
/** Tried again after 2, 4, 8 … seconds, at most every hour. */
const setAside = `
  INSERT INTO deposits_set_aside (signature, tries, next_at_ms) VALUES (@signature, 1, @nowMs + 2000)
  ON CONFLICT (signature) DO UPDATE
  SET tries = deposits_set_aside.tries + 1, next_at_ms = @nowMs + CASE
    WHEN deposits_set_aside.tries >= 11 THEN 3600000
    ELSE 1000 << CAST(deposits_set_aside.tries + 1 AS INTEGER) END`;
const selectSetAside =
  'SELECT signature FROM deposits_set_aside WHERE next_at_ms <= ? ORDER BY next_at_ms LIMIT ?';
const forget = 'DELETE FROM deposits_set_aside WHERE signature = ?';
const holdLease = `
  INSERT INTO worker_leases (name, owner, until_ms) VALUES (@name, @owner, @untilMs)
  ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, until_ms = excluded.until_ms
  WHERE worker_leases.owner = excluded.owner OR worker_leases.until_ms <= @nowMs`;
const releaseLease = 'DELETE FROM worker_leases WHERE name = ? AND owner = ?';

/** How far the chain was read, what is known of its transactions, and who reads it. */
export function createDepositScan(
  database: Database,
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
      const found = await database.read((tx) => tx.get<CursorRecord>(selectCursor, address));
      if (found === undefined) return null;
      const { signature, slot, start_slot } = found;
      return { signature, slot: toNumberOrNull(slot), startSlot: toNumberOrNull(start_slot) };
    },
    saveDepositCursor(address, { signature, slot, startSlot }) {
      return database.write(function* (tx) {
        yield* tx.post(saveCursor, address, signature, slot, startSlot);
      });
    },
    async signaturePurposes(signatures) {
      const list = toList(signatures);
      const rows = await database.read((tx) =>
        tx.all<{ signature: string; purpose: string }>(selectPurposes, list, list, list),
      );
      return new Map(rows.map((row) => [row.signature, row.purpose]));
    },
    setAsideDeposits(signatures, nowMs) {
      return database.write(function* (tx) {
        for (const signature of signatures) yield* tx.post(setAside, { signature, nowMs });
      });
    },
    async depositsSetAside(nowMs, limit) {
      const rows = await database.read((tx) =>
        tx.all<{ signature: string }>(selectSetAside, nowMs, limit),
      );
      return rows.map((row) => row.signature);
    },
    forgetSetAside(signature) {
      return database.write(function* (tx) {
        yield* tx.post(forget, signature);
      });
    },
    holdWorkerLease(lease, nowMs) {
      return database.write(function* (tx) {
        return (yield* tx.run(holdLease, { ...lease, nowMs })) === 1;
      });
    },
    releaseWorkerLease(name, owner) {
      return database.write(function* (tx) {
        yield* tx.post(releaseLease, name, owner);
      });
    },
  };
}
