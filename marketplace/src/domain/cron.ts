import type { FieldProblem } from '@node3/shared/error';
import { Cron } from 'croner';

/**
 * Times of cron expressions. A time of day that the clocks skip in spring comes at the first moment
 * after the gap; one that comes twice in autumn counts once. Expressions with `*` or a step in minute
 * or hour follow real time instead: they skip what does not exist and repeat what comes twice.
 */
export interface CronTimes {
  cron: string;
  timezone: string;
}

/** Words instead of five fields. `@reboot` is none: a marketplace restarts when it likes. */
const nickname = /^@(hourly|daily|midnight|weekly|monthly|yearly|annually)$/i;
const fiveFields = /^\S+(?: +\S+){4}$/;

/** What is wrong with an expression or a time zone; null when there is a next time. */
export function cronProblem({ cron, timezone }: CronTimes, nowMs: number): FieldProblem | null {
  if (!isTimezone(timezone)) {
    const detail = `"${timezone}" is not a time zone; give an IANA name, such as Europe/Berlin or UTC`;
    return { pointer: '/timezone', detail };
  }
  const text = cron.trim();
  if (!nickname.test(text) && !fiveFields.test(text)) {
    const detail =
      'must have five fields (minute, hour, day of month, month, day of week), such as "30 2 * * *"; seconds and years are not taken, since once a minute is the fastest';
    return { pointer: '/cron', detail };
  }
  try {
    if (nextTime({ cron, timezone }, nowMs) !== null) return null;
  } catch (error) {
    const why = error instanceof Error ? error.message.replace(/^CronPattern: /, '') : '';
    return { pointer: '/cron', detail: `can not be read: ${why}` };
  }
  return { pointer: '/cron', detail: 'never comes; no date has this day and month' };
}

/** The first time after a moment; null when there is none. */
export function nextTime(times: CronTimes, afterMs: number): number | null {
  return parse(times).nextRun(new Date(afterMs))?.getTime() ?? null;
}

export function nextTimes(times: CronTimes, afterMs: number, count: number): number[] {
  return parse(times)
    .nextRuns(count, new Date(afterMs))
    .map((date) => date.getTime());
}

/** The last time at or before a moment; null when there is none. */
export function lastTime(times: CronTimes, atMs: number): number | null {
  // The library rounds to seconds and leaves the moment itself out.
  const after = new Date((Math.floor(atMs / 1_000) + 1) * 1_000);
  return parse(times).previousRuns(1, after)[0]?.getTime() ?? null;
}

function parse({ cron, timezone }: CronTimes): Cron {
  return new Cron(cron.trim(), { timezone, mode: '5-part', fixedTimeRule: 'no-wildcard' });
}

function isTimezone(name: string): boolean {
  // Offsets such as +02:00 are no zones: their clocks never change.
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).format(0) !== '';
  } catch {
    return false;
  }
}
