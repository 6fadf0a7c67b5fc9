import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cronProblem, lastTime, nextTime, nextTimes } from './cron.ts';

const berlin = { cron: '30 2 * * *', timezone: 'Europe/Berlin' };
const at = (text: string) => Date.parse(text);
const times = (cron: string, timezone: string, after: string, count: number) =>
  nextTimes({ cron, timezone }, at(after), count).map((ms) => new Date(ms).toISOString());

describe('a job at 02:30', () => {
  it('[2.30] comes after the gap on the day in spring that has no 02:30', () => {
    expect(times(berlin.cron, berlin.timezone, '2027-03-27T00:00:00Z', 3)).toEqual([
      '2027-03-27T01:30:00.000Z',
      '2027-03-28T01:00:00.000Z',
      '2027-03-29T00:30:00.000Z',
    ]);
    expect(times(berlin.cron, 'America/New_York', '2027-03-13T12:00:00Z', 2)).toEqual([
      '2027-03-14T07:00:00.000Z',
      '2027-03-15T06:30:00.000Z',
    ]);
  });

  it('comes once on the day in autumn that has 02:30 twice', () => {
    expect(times(berlin.cron, berlin.timezone, '2027-10-30T00:00:00Z', 3)).toEqual([
      '2027-10-30T00:30:00.000Z',
      '2027-10-31T00:30:00.000Z',
      '2027-11-01T01:30:00.000Z',
    ]);
  });
});

describe('a job every half hour', () => {
  it('follows real time through both changes of the clocks', () => {
    for (const day of ['2027-03-28', '2027-10-31']) {
      const found = nextTimes({ ...berlin, cron: '*/30 * * * *' }, at(`${day}T00:00:00Z`), 6);
      const steps = found.slice(1).map((ms, i) => ms - (found[i] ?? 0));
      expect(steps).toEqual(Array(5).fill(1_800_000));
    }
  });
});

describe('times', () => {
  it('are found forwards and backwards alike', () => {
    const zones = fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kathmandu');
    const patterns = fc.constantFrom('*/7 * * * *', '30 2 * * *', '0 9 * * MON-FRI', '0 0 1 * *');
    const moment = fc.integer({ min: at('2027-01-01'), max: at('2029-01-01') });
    fc.assert(
      fc.property(patterns, zones, moment, (cron, timezone, nowMs) => {
        const next = nextTime({ cron, timezone }, nowMs);
        expect(next).toBeGreaterThan(nowMs);
        expect(lastTime({ cron, timezone }, next ?? 0)).toBe(next);
        expect(lastTime({ cron, timezone }, (next ?? 0) + 999)).toBe(next);
        const last = lastTime({ cron, timezone }, nowMs);
        expect(last).toBeLessThanOrEqual(nowMs);
        expect(nextTime({ cron, timezone }, last ?? 0)).toBe(next);
      }),
      { numRuns: 300 },
    );
  });
});

describe('an expression', () => {
  const problem = (cron: string, timezone = 'UTC') =>
    cronProblem({ cron, timezone }, at('2027-01-01'));

  it.each(['* * * * *', '0 9 * * MON-FRI', '0 0 L * *', '0 0 29 2 *', '@daily', ' 5 4 * * * '])(
    'is taken: %s',
    (cron) => expect(problem(cron)).toBeNull(),
  );

  it.each([
    ['* * * * * *', 'five fields'],
    ['2027-01-01T00:00:00', 'five fields'],
    ['@reboot', 'five fields'],
    ['61 * * * *', 'can not be read: Invalid value for minute'],
    ['a b c d e', 'can not be read'],
    ['0 0 30 2 *', 'never comes'],
  ])('is refused: %s', (cron, why) => {
    expect(problem(cron)).toMatchObject({ pointer: '/cron' });
    expect(problem(cron)?.detail).toContain(why);
  });

  it.each(['Mars/Olympus', '+02:00', ''])('needs a real time zone, not "%s"', (timezone) => {
    expect(problem('* * * * *', timezone)).toMatchObject({ pointer: '/timezone' });
  });
});
