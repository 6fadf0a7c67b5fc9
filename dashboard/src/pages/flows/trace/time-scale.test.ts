import { array, assert, integer, property, tuple } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layTime, moved, type Span, ticksOf, zoomed } from './time-scale.ts';

const whole = { fromMs: 0, toMs: 100_000 };
/** Two seconds of work, a minute and a half of waiting, and eight seconds of work. */
const busy: Span[] = [
  { fromMs: 0, toMs: 2_000 },
  { fromMs: 92_000, toMs: 100_000 },
];

describe('time over a width', () => {
  it('keeps its proportions, or cuts idle time short', () => {
    expect(layTime(whole, busy, 'whole').placeOf(50_000)).toBeCloseTo(0.5);
    const scale = layTime(whole, busy, 'collapsed');
    expect(scale.stretches.map(({ isGap }) => isGap)).toEqual([false, true, false]);
    expect(scale.placeOf(2_000)).toBeCloseTo(0.192);
    expect(scale.placeOf(92_000)).toBeCloseTo(0.232);
    expect(scale.placeOf(100_000)).toBeCloseTo(1);
    expect(scale.placeOf(-5)).toBe(0);
  });

  it('leaves short pauses, and a time without any work, as they were', () => {
    const pause = [
      { fromMs: 0, toMs: 50_000 },
      { fromMs: 55_000, toMs: 100_000 },
    ];
    expect(layTime(whole, pause, 'collapsed').stretches).toHaveLength(1);
    expect(layTime(whole, [], 'collapsed').stretches).toHaveLength(1);
  });

  it('goes from a moment to its place and back, in order, whatever was done when', () => {
    const moment = integer({ min: 0, max: 100_000 });
    const span = tuple(moment, moment).map(([a, b]) => ({
      fromMs: Math.min(a, b),
      toMs: Math.max(a, b),
    }));
    assert(
      property(array(span, { maxLength: 8 }), moment, moment, (spans, a, b) => {
        const scale = layTime(whole, spans, 'collapsed');
        expect(scale.momentAt(scale.placeOf(a))).toBeCloseTo(a, 3);
        expect(Math.sign(scale.placeOf(a) - scale.placeOf(b))).toBe(Math.sign(a - b));
        const width = scale.stretches.reduce((sum, stretch) => sum + stretch.width, 0);
        expect(width).toBeCloseTo(1);
      }),
    );
  });

  it('is zoomed and moved within the whole', () => {
    expect(zoomed(whole, whole, 0.5)).toEqual({ fromMs: 25_000, toMs: 75_000 });
    expect(zoomed({ fromMs: 0, toMs: 10_000 }, whole, 2)).toEqual({ fromMs: 0, toMs: 20_000 });
    expect(zoomed(whole, whole, 2)).toEqual(whole);
    expect(zoomed(whole, whole, 0)).toEqual({ fromMs: 49_990, toMs: 50_010 });
    expect(moved({ fromMs: 0, toMs: 10_000 }, whole, -0.5)).toEqual({ fromMs: 0, toMs: 10_000 });
    expect(moved({ fromMs: 0, toMs: 10_000 }, whole, 0.5)).toEqual({ fromMs: 5_000, toMs: 15_000 });
  });

  it('has a few round moments on its axis, none within what was cut short', () => {
    const ticks = ticksOf(layTime(whole, busy, 'collapsed'), 0);
    expect(ticks.map(({ atMs }) => atMs)).toEqual([0, 2_000, 94_000, 96_000, 98_000]);
    const later = ticksOf(layTime({ fromMs: 1_007, toMs: 5_007 }, [], 'whole'), 7);
    expect(later.map(({ atMs }) => atMs)).toEqual([1_007, 2_007, 3_007, 4_007]);
  });
});
