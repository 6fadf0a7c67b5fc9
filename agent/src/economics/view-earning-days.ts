import type { ReplyOf } from '@node3/shared/contract';
import { add, type BaseUnits, toMoney, zero } from '@node3/shared/money';
import type { EarningDay, listEarningDays } from '@node3/shared/routes/agent-money';
import { toTimestamp } from '@node3/shared/schema';
import type { RecordedEarning } from '../journal/journal.ts';

const dayMs = 86_400_000;
const msPerHour = 3_600_000;

interface DaySum {
  row: Omit<EarningDay, 'earned' | 'expected' | 'runHours'>;
  runMs: number;
  earned: Record<'SOL' | 'USDC', BaseUnits>;
  /** null as soon as one result has none: a sum of a part would look like one of all. */
  expected: Record<'SOL' | 'USDC', BaseUnits> | null;
}

export interface EarningDaysFacts {
  /** Of all days asked for, in any order. */
  rows: readonly RecordedEarning[];
  /** Since when rows are kept without a gap; null while there was none. */
  knownSinceMs: number | null;
  days: number;
  nowMs: number;
}

/** Earnings by day in UTC and by device. Pure. */
export function viewEarningDays({
  days,
  knownSinceMs,
  nowMs,
  rows,
}: EarningDaysFacts): ReplyOf<typeof listEarningDays> {
  const toMs = (Math.floor(nowMs / dayMs) + 1) * dayMs;
  const fromMs = toMs - days * dayMs;
  const sums = new Map<string, DaySum>();
  for (const row of rows) {
    if (row.atMs < fromMs || row.atMs >= toMs) continue;
    const day = toTimestamp(row.atMs).slice(0, '2026-11-26'.length);
    const key = `${day} ${row.deviceId}`;
    sums.set(key, plus(sums.get(key) ?? none(day, row), row));
  }
  const data = [...sums.values()].map(view);
  return {
    from: toTimestamp(fromMs),
    to: toTimestamp(toMs),
    knownSince: knownSinceMs === null ? null : toTimestamp(knownSinceMs),
    data: data.toSorted(
      (a, b) => a.day.localeCompare(b.day) || a.deviceId.localeCompare(b.deviceId),
    ),
  };
}

function none(day: string, { deviceId, model }: RecordedEarning): DaySum {
  return {
    row: { day, deviceId, model, results: 0, energyKwh: 0, energyUsd: 0 },
    runMs: 0,
    earned: { SOL: zero, USDC: zero },
    expected: { SOL: zero, USDC: zero },
  };
}

function plus({ earned, expected, row, runMs }: DaySum, one: RecordedEarning): DaySum {
  const { asset } = one;
  const sum = (known: number | null, more: number | null) =>
    known === null || more === null ? null : known + more;
  const kwh = one.energyWh === null ? null : one.energyWh / 1_000;
  return {
    row: {
      ...row,
      model: one.model ?? row.model,
      results: row.results + 1,
      energyKwh: sum(row.energyKwh, kwh),
      energyUsd: sum(row.energyUsd, one.energyUsd),
    },
    runMs: runMs + one.runMs,
    earned: { ...earned, [asset]: add(earned[asset], one.amount) },
    expected:
      expected === null || one.expected === null
        ? null
        : { ...expected, [asset]: add(expected[asset], one.expected) },
  };
}

function view({ earned, expected, row, runMs }: DaySum): EarningDay {
  const both = ({ SOL, USDC }: DaySum['earned']) => ({
    SOL: toMoney(SOL, 'SOL'),
    USDC: toMoney(USDC, 'USDC'),
  });
  return {
    ...row,
    runHours: runMs / msPerHour,
    earned: both(earned),
    expected: expected === null ? null : both(expected),
  };
}
