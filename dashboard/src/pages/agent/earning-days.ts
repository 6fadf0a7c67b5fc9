import type { ReplyOf } from '@node3/shared/contract';
import type { Asset } from '@node3/shared/money';
import type { listEarningDays } from '@node3/shared/routes/agent-money';

const dayMs = 86_400_000;

interface DeviceDays {
  deviceId: string;
  model: string | null;
  points: (number | null)[];
}

export interface DayRows {
  days: string[];
  devices: DeviceDays[];
  /** Of all devices. */
  earned: (number | null)[];
  /** null on a day on which it is not known of each result. */
  expected: (number | null)[];
}

/**
 * The days as heights of bars. Before the agent knew anything a day is unknown; later, one without a
 * row earned nothing. Pure.
 */
export function dayRows(
  { data, from, knownSince, to }: ReplyOf<typeof listEarningDays>,
  asset: Asset,
): DayRows {
  const days: string[] = [];
  for (let ms = Date.parse(from); ms < Date.parse(to); ms += dayMs) {
    days.push(new Date(ms).toISOString().slice(0, '2026-11-26'.length));
  }
  const isKnown = (day: string) =>
    knownSince !== null && Date.parse(day) + dayMs > Date.parse(knownSince);
  const sum = (day: string, valueOf: (row: (typeof data)[number]) => number | null) =>
    data
      .filter((row) => row.day === day)
      .map(valueOf)
      .reduce<number | null>(
        (all, value) => (all === null || value === null ? null : all + value),
        isKnown(day) ? 0 : null,
      );
  const earnedOf = (row: (typeof data)[number]) => Number(row.earned[asset].amount);
  const ids = [...new Set(data.map(({ deviceId }) => deviceId))];
  return {
    days,
    devices: ids.map((deviceId) => ({
      deviceId,
      model: data.findLast((row) => row.deviceId === deviceId)?.model ?? null,
      points: days.map((day) => sum(day, (row) => (row.deviceId === deviceId ? earnedOf(row) : 0))),
    })),
    earned: days.map((day) => sum(day, earnedOf)),
    expected: days.map((day) =>
      sum(day, ({ expected }) => (expected === null ? null : Number(expected[asset].amount))),
    ),
  };
}
