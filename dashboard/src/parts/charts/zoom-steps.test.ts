import { array, assert, constantFrom, integer, option, property, tuple } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dataWithin, type TimeSpan } from './chart-data.ts';
import { wholeOf } from './zoom-group.ts';
import { stepOfKey, stepZoom, type ZoomStep } from './zoom-steps.ts';

const whole = { fromMs: 1_000, toMs: 17_000, stepMs: 10 };
const steps = array(constantFrom<ZoomStep>('in', 'in', 'out', 'earlier', 'later'));

/** Between two places, in thousandths of the whole. */
function dragOver({ fromMs, toMs }: TimeSpan, places: readonly [number, number]): TimeSpan {
  const at = (place: number) => fromMs + ((toMs - fromMs) * place) / 1_000;
  const end = Math.ceil(at(Math.max(...places)));
  return { fromMs: Math.min(end - 1, Math.floor(at(Math.min(...places)))), toMs: end };
}

describe('a step of the zoom', () => {
  it('shows the middle half, then half of that', () => {
    const once = stepZoom(whole, null, 'in');
    expect(once).toEqual({ fromMs: 5_000, toMs: 13_000 });
    expect(stepZoom(whole, once, 'in')).toEqual({ fromMs: 7_000, toMs: 11_000 });
  });

  it('moves by half of what is shown, up to the ends', () => {
    const shown = { fromMs: 5_000, toMs: 13_000 };
    expect(stepZoom(whole, shown, 'later')).toEqual({ fromMs: 9_000, toMs: 17_000 });
    expect(stepZoom(whole, shown, 'earlier')).toEqual({ fromMs: 1_000, toMs: 9_000 });
    const last = { fromMs: 9_000, toMs: 17_000 };
    expect(stepZoom(whole, last, 'later')).toEqual(last);
  });

  it('goes back to the whole', () => {
    expect(stepZoom(whole, { fromMs: 5_000, toMs: 13_000 }, 'out')).toBeNull();
    expect(stepZoom(whole, null, 'out')).toBeNull();
    expect(stepZoom(whole, null, 'later')).toBeNull();
  });

  it('never widens what somebody dragged over, but for "wider"', () => {
    const dragged = { fromMs: 5_000, toMs: 5_100 };
    expect(stepZoom(whole, dragged, 'in')).toEqual(dragged);
    expect(stepZoom(whole, dragged, 'later')).toEqual({ fromMs: 5_050, toMs: 5_150 });
    expect(stepZoom(whole, dragged, 'out')?.fromMs).toBeLessThan(5_000);
  });

  it('comes back to what the charts have now, where they have moved on', () => {
    const gone = { fromMs: -9_000, toMs: -7_000 };
    expect(stepZoom(whole, gone, 'in')).toEqual({ fromMs: 1_000, toMs: 2_000 });
  });

  it('never leaves the whole, and goes closer than a sixteenth only where somebody dragged', () => {
    const drags = option(tuple(integer({ min: 0, max: 1_000 }), integer({ min: 0, max: 1_000 })));
    assert(
      property(integer({ min: 16, max: 10 ** 10 }), drags, steps, (length, dragged, taken) => {
        const all = { fromMs: 5, toMs: 5 + length, stepMs: 1 };
        let span = dragged === null ? null : dragOver(all, dragged);
        for (const step of taken) {
          const before = span === null ? length : span.toMs - span.fromMs;
          span = stepZoom(all, span, step);
          if (span === null) continue;
          expect(span.fromMs).toBeGreaterThanOrEqual(all.fromMs);
          expect(span.toMs).toBeLessThanOrEqual(all.toMs);
          const now = span.toMs - span.fromMs;
          expect(now).toBeGreaterThanOrEqual(Math.min(before, Math.round(length / 16)));
          if (step !== 'out') expect(now).toBeLessThanOrEqual(before);
          if (step === 'earlier' || step === 'later') expect(now).toBe(before);
        }
      }),
    );
  });

  it('shows two points of the charts at least, however few there are', () => {
    const count = integer({ min: 2, max: 100 });
    assert(
      property(count, integer({ min: 1, max: 10 ** 8 }), steps, (points, stepMs, taken) => {
        const times = Array.from({ length: points }, (_, index) => 7 + index * stepMs);
        const all = wholeOf(times);
        let span: ReturnType<typeof stepZoom> = null;
        for (const step of taken) {
          span = all === null ? null : stepZoom(all, span, step);
          expect(dataWithin({ times, series: [] }, span).times.length).toBeGreaterThanOrEqual(2);
        }
      }),
    );
  });

  it('has keys', () => {
    expect(['+', '-', 'ArrowLeft', 'ArrowRight', 'a', 'constructor'].map(stepOfKey)).toEqual([
      'in',
      'out',
      'earlier',
      'later',
      null,
      null,
    ]);
  });
});
