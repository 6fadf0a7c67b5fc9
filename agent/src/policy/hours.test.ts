import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isWithinHours, parseWindow, wallTimeAt } from './hours.ts';
import { isTimeZone } from './wall-clock.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const two = (value: number) => String(value).padStart(2, '0');
const timeOf = (minute: number) => `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
const minutes = fc.integer({ min: 0, max: 1439 });
const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const walls = fc.record({ day: fc.integer({ min: 0, max: 6 }), minute: minutes });

/** Every minute of the week that a window covers, found by walking through it. */
function walk(first: number, last: number, from: number, to: number): Set<number> {
  const covered = new Set<number>();
  for (let day = first; ; day = (day + 1) % 7) {
    let at = day * 1440 + from;
    do {
      covered.add(at);
      at = (at + 1) % 10_080;
    } while (at % 1440 !== to % 1440);
    if (day === last) return covered;
  }
}

describe('isWithinHours', () => {
  it('is every minute from the beginning to before the end, over midnight and the end of the week', () => {
    const day = fc.integer({ min: 0, max: 6 });
    fc.assert(
      fc.property(day, day, minutes, minutes, walls, (first, last, from, to, wall) => {
        const text = `${weekdays[first]}-${weekdays[last]} ${timeOf(from)}-${timeOf(to)}`;
        const covered = walk(first, last, from, to);
        expect(isWithinHours([text], wall)).toBe(covered.has(wall.day * 1440 + wall.minute));
      }),
    );
  });

  it('is open when any of several windows is', () => {
    const hours = ['22:00-08:00', 'sat-sun 00:00-24:00'];
    expect(isWithinHours(hours, { day: 0, minute: 7 * 60 + 59 })).toBe(true);
    expect(isWithinHours(hours, { day: 0, minute: 8 * 60 })).toBe(false);
    expect(isWithinHours(hours, { day: 5, minute: 12 * 60 })).toBe(true);
  });

  it('takes a day as that on which a window begins', () => {
    const hours = ['fri 22:00-08:00'];
    expect(isWithinHours(hours, { day: 4, minute: 60 })).toBe(false);
    expect(isWithinHours(hours, { day: 5, minute: 60 })).toBe(true);
    expect(parseWindow('sat 08:00-12:00').days).toEqual([5]);
  });
});

/** How many minutes of one UTC day and the next a window is open. */
function countOpen(zone: string, hours: string[], fromMs: number, untilMs: number): number {
  let open = 0;
  for (let atMs = fromMs; atMs < untilMs; atMs += minuteMs) {
    if (isWithinHours(hours, wallTimeAt(atMs, zone))) open += 1;
  }
  return open;
}

describe('wallTimeAt', () => {
  /** Midnight to midnight by the wall: 23 and 25 hours long, and 24.5 on Lord Howe. */
  it.each([
    ['Europe/Madrid', '2026-03-28T23:00Z', 23, '02:00-03:00', 0],
    ['Europe/Madrid', '2026-10-24T22:00Z', 25, '02:00-03:00', 120],
    ['America/New_York', '2026-03-08T05:00Z', 23, '02:00-03:00', 0],
    ['America/New_York', '2026-11-01T04:00Z', 25, '01:30-02:00', 60],
    ['Australia/Lord_Howe', '2026-04-04T13:00Z', 24.5, '01:30-02:00', 60],
  ])('in %s on the day that begins at %s', (zone, from, hoursLong, window, open) => {
    const fromMs = Date.parse(from);
    const untilMs = fromMs + hoursLong * hourMs;
    expect(wallTimeAt(fromMs, zone).minute).toBe(0);
    expect(wallTimeAt(untilMs, zone).minute).toBe(0);
    expect(countOpen(zone, [window], fromMs, untilMs)).toBe(open);
    const night = countOpen(zone, ['22:00-08:00'], fromMs, untilMs);
    const dayTime = countOpen(zone, ['08:00-22:00'], fromMs, untilMs);
    expect([dayTime, night]).toEqual([14 * 60, (hoursLong - 14) * 60]);
  });

  it('agrees with the offset of the zone at any moment', () => {
    const zones = fc.constantFrom('Europe/Madrid', 'America/St_Johns', 'Asia/Kathmandu', 'UTC');
    const moments = fc.integer({ min: Date.parse('2020-01-01'), max: Date.parse('2040-01-01') });
    fc.assert(
      fc.property(zones, moments, (zone, atMs) => {
        const name = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' })
          .formatToParts(atMs)
          .find(({ type }) => type === 'timeZoneName')?.value;
        const [, sign, hour = 0, minute = 0] = /([+-])(\d+):(\d+)/.exec(name ?? '') ?? [];
        const offset = (sign === '-' ? -1 : 1) * (Number(hour) * 60 + Number(minute));
        const local = new Date(atMs + offset * minuteMs);
        expect(wallTimeAt(atMs, zone)).toEqual({
          day: (local.getUTCDay() + 6) % 7,
          minute: local.getUTCHours() * 60 + local.getUTCMinutes(),
        });
      }),
    );
  });

  it('knows which zones there are', () => {
    expect(isTimeZone('Europe/Madrid')).toBe(true);
    expect(isTimeZone('Europe/Nowhere')).toBe(false);
  });
});
