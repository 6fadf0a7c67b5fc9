import { limits } from '@node3/shared/limits';
import { type Asset, baseUnits, baseUnitsMax, zero } from '@node3/shared/money';
import type { Database } from 'better-sqlite3';
import { dollarsOf } from '../../economics/share-earnings.ts';
import type { DeviceTotals, Earning, RecordedEarning } from '../journal.ts';

interface EarningRow {
  execution_id: string;
  job_id: string;
  device_id: string;
  model: string | null;
  at_ms: number;
  run_ms: number;
  asset: Asset;
  amount: string;
  expected: string | null;
  energy_wh: number | null;
  energy_usd: number | null;
}

/** Inside the transaction that closes the execution. */
export function insertEarnings(db: Database, earnings: readonly Earning[], atMs: number): void {
  const insert = db.prepare(`INSERT INTO earning VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  const find = db.prepare<[string], { totals: string }>(
    'SELECT totals FROM device_total WHERE device_id = ?',
  );
  const save = db.prepare(
    `INSERT INTO device_total VALUES (?, ?)
     ON CONFLICT DO UPDATE SET totals = excluded.totals`,
  );
  for (const one of earnings) {
    insert.run(
      one.executionId,
      one.jobId,
      one.deviceId,
      one.model,
      atMs,
      one.runMs,
      one.asset,
      String(one.amount),
      one.expected === null ? null : String(one.expected),
      one.energyWh,
      one.energyUsd,
    );
    const known = find.get(one.deviceId);
    const before = known === undefined ? noTotals(one.deviceId, atMs) : parse(known.totals);
    save.run(one.deviceId, stringify(addEarning(before, one)));
  }
  db.prepare(`DELETE FROM earning WHERE rowid <= (SELECT max(rowid) FROM earning) - ?`).run(
    limits.earningRowsMax,
  );
}

export function readTotals(db: Database): DeviceTotals[] {
  const sql = 'SELECT totals FROM device_total ORDER BY device_id';
  return db
    .prepare<[], { totals: string }>(sql)
    .all()
    .map(({ totals }) => parse(totals));
}

/** `which` is the end of the statement, with one place for a value. */
function readRows(db: Database, which: string, value: number | string): RecordedEarning[] {
  return db
    .prepare<[number | string], EarningRow>(`SELECT * FROM earning ${which}`)
    .all(value)
    .map((row) => ({
      executionId: row.execution_id,
      jobId: row.job_id,
      deviceId: row.device_id,
      model: row.model,
      atMs: row.at_ms,
      runMs: row.run_ms,
      asset: row.asset,
      amount: baseUnits(BigInt(row.amount)),
      expected: row.expected === null ? null : baseUnits(BigInt(row.expected)),
      energyWh: row.energy_wh,
      energyUsd: row.energy_usd,
    }));
}

export function readEarnings(db: Database, count: number): RecordedEarning[] {
  return readRows(db, 'ORDER BY rowid DESC LIMIT ?', count);
}

/** All of them are looked at: there are no more than `earningRowsMax`. */
export function readEarningsSince(db: Database, sinceMs: number): RecordedEarning[] {
  return readRows(db, 'WHERE at_ms >= ? ORDER BY rowid', sinceMs);
}

export function readEarningsOf(db: Database, executionId: string): RecordedEarning[] {
  return readRows(db, 'WHERE execution_id = ? ORDER BY rowid', executionId);
}

export function readKnownSince(db: Database): number | null {
  const sql = 'SELECT at_ms FROM earning ORDER BY rowid LIMIT 1';
  return db.prepare<[], { at_ms: number }>(sql).get()?.at_ms ?? null;
}

function noTotals(deviceId: string, sinceMs: number): DeviceTotals {
  return {
    deviceId,
    model: null,
    sinceMs,
    results: 0,
    runMs: 0,
    earned: { SOL: zero, USDC: zero },
    expected: { SOL: zero, USDC: zero },
    expectedMs: 0,
    energyWh: 0,
    energyMs: 0,
    energyUsd: 0,
    energyUsdMs: 0,
    netUsd: 0,
    netMs: 0,
  };
}

function addEarning(before: DeviceTotals, one: Earning): DeviceTotals {
  const { amount, asset, energyUsd, energyWh, expected, runMs } = one;
  const plus = (sums: DeviceTotals['earned'], more: bigint) => {
    const sum = sums[asset] + more;
    return { ...sums, [asset]: baseUnits(sum < baseUnitsMax ? sum : baseUnitsMax) };
  };
  const earnedUsd = dollarsOf(amount, asset);
  const net = earnedUsd === null || energyUsd === null ? null : earnedUsd - energyUsd;
  return {
    ...before,
    model: one.model ?? before.model,
    results: before.results + 1,
    runMs: before.runMs + runMs,
    earned: plus(before.earned, amount),
    expected: plus(before.expected, expected ?? 0n),
    expectedMs: before.expectedMs + (expected === null ? 0 : runMs),
    energyWh: before.energyWh + (energyWh ?? 0),
    energyMs: before.energyMs + (energyWh === null ? 0 : runMs),
    energyUsd: before.energyUsd + (energyUsd ?? 0),
    energyUsdMs: before.energyUsdMs + (energyUsd === null ? 0 : runMs),
    netUsd: before.netUsd + (net ?? 0),
    netMs: before.netMs + (net === null ? 0 : runMs),
  };
}

function stringify(totals: DeviceTotals): string {
  return JSON.stringify(totals, (_, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  );
}

function parse(text: string): DeviceTotals {
  const stored = JSON.parse(text) as Omit<DeviceTotals, 'earned' | 'expected'> &
    Record<'earned' | 'expected', Record<Asset, string>>;
  const amounts = ({ SOL, USDC }: Record<Asset, string>) => ({
    SOL: baseUnits(BigInt(SOL)),
    USDC: baseUnits(BigInt(USDC)),
  });
  return { ...stored, earned: amounts(stored.earned), expected: amounts(stored.expected) };
}
