import { days, type HoursRow } from './policy-draft.ts';

/** A stretch of a day in minutes since its midnight. */
export interface OpenSpan {
  from: number;
  to: number;
}

const minutesPerDay = 1_440;

/**
 * When a week is open, by day from Monday on. A window that ends before it begins goes on into the next
 * day; equal ends are a whole day; no window at all is always. Half-typed windows are left out. Pure.
 */
export function openByDay(rows: readonly HoursRow[]): OpenSpan[][] {
  const open: OpenSpan[][] = days.map(() =>
    rows.length === 0 ? [{ from: 0, to: minutesPerDay }] : [],
  );
  for (const row of rows) {
    const [from, to] = [minuteOf(row.from), minuteOf(row.to)];
    if (from === null || to === null) continue;
    const length = (to - from + minutesPerDay) % minutesPerDay || minutesPerDay;
    for (const day of daysOf(row)) {
      open[day]?.push({ from, to: Math.min(minutesPerDay, from + length) });
      const rest = from + length - minutesPerDay;
      if (rest > 0) open[(day + 1) % days.length]?.push({ from: 0, to: rest });
    }
  }
  return open;
}

function minuteOf(text: string): number | null {
  const match = /^(\d\d):(\d\d)$/.exec(text);
  return match === null ? null : Number(match[1]) * 60 + Number(match[2]);
}

function daysOf({ fromDay, toDay }: HoursRow): number[] {
  const first = days.findIndex((day) => day === fromDay);
  if (first < 0) return [...days.keys()];
  const last = days.findIndex((day) => day === toDay);
  const count = ((last - first + days.length) % days.length) + 1;
  return Array.from({ length: count }, (_, index) => (first + index) % days.length);
}
