import { array, assert, constantFrom, integer, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stepOfKey, stepZoom, type ZoomStep } from './zoom-steps.ts';

const whole = { fromMs: 1_000, toMs: 17_000 };

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

  it('never leaves the whole, and never shows less than a sixteenth of it', () => {
    const steps = array(constantFrom<ZoomStep>('in', 'out', 'earlier', 'later'));
    assert(
      property(integer({ min: 16, max: 10 ** 10 }), steps, (length, taken) => {
        const all = { fromMs: 5, toMs: 5 + length };
        let span: ReturnType<typeof stepZoom> = null;
        for (const step of taken) {
          span = stepZoom(all, span, step);
          if (span === null) continue;
          expect(span.fromMs).toBeGreaterThanOrEqual(all.fromMs);
          expect(span.toMs).toBeLessThanOrEqual(all.toMs);
          expect(span.toMs - span.fromMs).toBeGreaterThanOrEqual(Math.round(length / 16));
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
