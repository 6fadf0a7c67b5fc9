import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { daysOfSpells, firstUptimeDayMs, type PresenceDay, uptimeOf } from './uptime.ts';

const day = 86_400_000;
const hour = 3_600_000;
const today = 20_000 * day;

describe('how much an agent was there', () => {
  const of = (
    knownFromMs: number,
    days: PresenceDay[],
    { nowMs = today + 12 * hour, uncountedMs = 0 } = {},
  ) => uptimeOf({ knownFromMs, countedToMs: nowMs, days }, { nowMs, uncountedMs });

  it('is unknown before anything was counted', () => {
    expect(uptimeOf(null, { nowMs: today, uncountedMs: 0 })).toEqual([
      { days: 7, share: null, before: null },
      { days: 30, share: null, before: null },
    ]);
  });

  it('is of the time that is known, today up to now, against as many days before', () => {
    const present = [
      ...Array.from({ length: 7 }, (_, i) => ({ startMs: today - (13 - i) * day, presentMs: day })),
      ...Array.from({ length: 6 }, (_, i) => ({
        startMs: today - (6 - i) * day,
        presentMs: day / 2,
      })),
      { startMs: today, presentMs: 6 * hour },
    ];
    expect(of(today - 13 * day, present)).toEqual([
      { days: 7, share: 0.5, before: 1 },
      { days: 30, share: 0.759, before: null },
    ]);
  });

  it('counts a new agent from its first minute, and what is not stored yet', () => {
    const nowMs = today + hour;
    const known = nowMs - 10 * 60_000;
    const half = [{ startMs: today, presentMs: 5 * 60_000 }];
    expect(of(known, half, { nowMs })[0]).toEqual({ days: 7, share: 0.5, before: null });
    expect(of(known, half, { nowMs, uncountedMs: 5 * 60_000 })[0]?.share).toBe(1);
  });

  it('is rounded down, and never more than all', () => {
    const nearly = [{ startMs: today, presentMs: 12 * hour - 1 }];
    expect(of(today, nearly)[0]?.share).toBe(0.999);
    expect(of(today, nearly, { uncountedMs: hour })[0]?.share).toBe(1);
    expect(of(today - day, [])[0]?.share).toBe(0);
  });

  it('needs no day older than twice the longest period', () => {
    expect(firstUptimeDayMs(today + 1)).toBe(today - 59 * day);
  });
});

const spells = fc.array(
  fc
    .record({ fromMs: fc.nat({ max: 5 * day }), lengthMs: fc.nat({ max: 3 * day }) })
    .map(({ fromMs, lengthMs }) => ({ fromMs, toMs: fromMs + lengthMs })),
  { maxLength: 8 },
);

it('days hold exactly what the spells hold, each its own part', () => {
  fc.assert(
    fc.property(spells, (all) => {
      const days = daysOfSpells(all);
      const sum = days.reduce((total, { presentMs }) => total + presentMs, 0);
      expect(sum).toBe(all.reduce((total, { fromMs, toMs }) => total + toMs - fromMs, 0));
      for (const { presentMs, startMs } of days) {
        expect(startMs % day).toBe(0);
        expect(presentMs).toBeGreaterThan(0);
      }
    }),
  );
});
