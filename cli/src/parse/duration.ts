import { usageError } from '../command-error.ts';

/** The longest that a timer can be set to, 24.8 days; a longer one would end at once. */
export const timerMsMax = 2_147_483_647;

const unitSeconds: Record<string, number> = { s: 1, m: 60, h: 3_600, d: 86_400 };

/** Reads `90`, `90s`, `5m` or `1h30m` as whole seconds. Throws a usage error otherwise. */
export function parseSeconds(option: string, text: string): number {
  const seconds = readSeconds(text.trim().toLowerCase());
  if (seconds !== null) return seconds;
  const fix = 'Write seconds, or a time such as 90s, 5m or 1h30m.';
  throw usageError(`${option} is "${text}", which is not a time.`, fix);
}

function readSeconds(text: string): number | null {
  if (/^\d+$/.test(text)) return positive(Number(text));
  if (!/^(\d+[dhms])+$/.test(text)) return null;
  let seconds = 0;
  for (const [, count, unit] of text.matchAll(/(\d+)([dhms])/g)) {
    seconds += Number(count) * (unitSeconds[unit ?? ''] ?? 0);
  }
  return positive(seconds);
}

function positive(seconds: number): number | null {
  return Number.isSafeInteger(seconds) && seconds > 0 ? seconds : null;
}
