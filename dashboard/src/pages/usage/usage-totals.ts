import { type Asset, assets, fromMoney, type Money, toMoney } from '@node3/shared/money';
import type { UsageRow } from '@node3/shared/routes/usage';

export interface UsageTotals {
  jobs: number;
  gpuMs: number;
  runMs: number;
  charged: Record<Asset, Money>;
}

/** Adds rows up, money exactly. */
export function totalsOf(rows: readonly UsageRow[]): UsageTotals {
  const sum = (value: (row: UsageRow) => number) =>
    rows.reduce((total, row) => total + value(row), 0);
  const chargedIn = (asset: Asset) =>
    toMoney(
      rows.reduce((total, { charged }) => {
        return charged.asset === asset ? total + fromMoney(charged) : total;
      }, 0n),
      asset,
    );
  return {
    jobs: sum((row) => row.jobs),
    gpuMs: sum((row) => row.gpuMs),
    runMs: sum((row) => row.runMs),
    charged: { SOL: chargedIn('SOL'), USDC: chargedIn('USDC') },
  };
}

/** The UTC days from the first to the last, both with them. */
export function daysBetween(from: string, to: string): string[] {
  const days: string[] = [];
  for (let ms = Date.parse(from); ms <= Date.parse(to); ms += dayMs) days.push(dayOf(ms));
  return days;
}

/** What is charged each day in the assets that were used at all; a day without jobs has 0. */
export function chargedByDay(days: readonly string[], rows: readonly UsageRow[]) {
  const used = assets.filter((asset) => rows.some(({ charged }) => charged.asset === asset));
  return used.map((asset) => {
    const amounts = new Map(
      rows
        .filter(({ charged }) => charged.asset === asset)
        .map(({ day, charged }) => [day, Number(charged.amount)]),
    );
    return { label: asset, points: days.map((day) => amounts.get(day) ?? 0) };
  });
}

const dayMs = 86_400_000;

export function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 'yyyy-mm-dd'.length);
}

/** The last so many UTC days, today with them. */
export function lastDays(count: number, nowMs: number): { from: string; to: string } {
  return { from: dayOf(nowMs - (count - 1) * dayMs), to: dayOf(nowMs) };
}
