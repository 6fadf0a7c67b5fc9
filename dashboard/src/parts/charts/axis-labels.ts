import { formatBytes, hoursIn, type Zone } from '../../format.ts';

const msPerSec = 1_000;
const minuteSec = 60;
const daySec = 86_400;

/** Steps between the marks of an axis of bytes: round in KiB, MiB and so on, which 10 MB are not. */
export const binarySteps = Array.from({ length: 51 }, (_, power) => 2 ** power);

const decimalSteps = Array.from({ length: 15 }, (_, power) =>
  [1, 2, 5].map((step) => step * 10 ** power),
).flat();
const [secMs, minuteMs, hourMs, dayMs] = [1_000, 60_000, 3_600_000, 86_400_000];

/** What lies between two ticks of counts, and of times in milliseconds: 15 s and 1 m, not 16.7 s. */
export const stepsOf = {
  counts: decimalSteps,
  durations: [
    ...decimalSteps.filter((ms) => ms < secMs),
    ...[1, 2, 5, 10, 15, 30].map((sec) => sec * secMs),
    ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * minuteMs),
    ...[1, 2, 3, 6, 12].map((hours) => hours * hourMs),
    ...decimalSteps.slice(0, 20).map((days) => days * dayMs),
  ],
} as const satisfies Record<string, readonly number[]>;

/**
 * The moments along an axis, in seconds. Those that are less than a minute apart have their seconds;
 * where hours are written, midnight is the day that begins. So no two of them read the same.
 */
export function timeLabels(splits: readonly number[], language: string, zone: Zone): string[] {
  const step = (splits[1] ?? 0) - (splits[0] ?? 0);
  const where = hoursIn(zone);
  const day = new Intl.DateTimeFormat(language, { ...where, day: 'numeric', month: 'short' });
  const clock = new Intl.DateTimeFormat(language, {
    ...where,
    hour: '2-digit',
    minute: '2-digit',
    ...(step < minuteSec ? { second: '2-digit' } : {}),
  });
  return splits.map((sec) => {
    const at = new Date(sec * msPerSec);
    const intoDay = zone === 'UTC' ? sec % daySec : secondsIntoDay(at);
    const beginsDay = intoDay === 0;
    return (step >= daySec || beginsDay ? day : clock).format(at);
  });
}

function secondsIntoDay(at: Date): number {
  return (at.getHours() * 60 + at.getMinutes()) * 60 + at.getSeconds();
}

/** The values along an axis. `format` may round for the eye; bytes are written as exact as their steps. */
export function valueLabels(
  splits: readonly number[],
  format: (value: number) => string,
  language: string,
  inBytes: true | undefined,
): string[] {
  if (inBytes === undefined) return splits.map((value) => format(value));
  return splits.map((value) => formatBytes(value, language, 2));
}

const axisPixelsMin = 48;
const charPixels = 6.4;

/** Room for the longest label: units are longer in some languages. null before there are any. */
export function axisWidth(labels: readonly string[] | null): number {
  const longest = Math.max(0, ...(labels ?? []).map(({ length }) => length));
  return Math.max(axisPixelsMin, Math.ceil(longest * charPixels) + 14);
}
