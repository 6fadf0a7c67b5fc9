import { formatBytes, hoursIn, type Zone } from '../../format.ts';

const msPerSec = 1_000;
const minuteSec = 60;
const daySec = 86_400;

/** Steps between the marks of an axis of bytes: round in KiB, MiB and so on, which 10 MB are not. */
export const binarySteps = Array.from({ length: 51 }, (_, power) => 2 ** power);

/** Between the ticks of counts: 1, 2, 5, 10 and so on. */
export const wholeSteps = Array.from({ length: 15 }, (_, power) =>
  [1, 2, 5].map((step) => step * 10 ** power),
).flat();

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
