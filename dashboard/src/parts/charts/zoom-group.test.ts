import { describe, expect, it } from 'vitest';
import { wholeOf, ZoomGroup } from './zoom-group.ts';

describe('the whole of charts', () => {
  it('is what they have now, however far their window has moved', () => {
    const group = new ZoomGroup();
    let leave = group.add({ fromMs: 0, toMs: 60, stepMs: 5 });
    for (const fromMs of [20, 100, 1_000]) {
      leave();
      leave = group.add({ fromMs, toMs: fromMs + 60, stepMs: 5 });
    }
    expect(group.whole()).toEqual({ fromMs: 1_000, toMs: 1_060, stepMs: 5 });
  });

  it('is of all that are there, with the finest step, and of none that left', () => {
    const group = new ZoomGroup();
    const leaves = [
      group.add({ fromMs: 10, toMs: 60, stepMs: 10 }),
      group.add({ fromMs: 0, toMs: 30, stepMs: 2 }),
    ];
    expect(group.whole()).toEqual({ fromMs: 0, toMs: 60, stepMs: 2 });
    leaves[1]?.();
    expect(group.whole()).toEqual({ fromMs: 10, toMs: 60, stepMs: 10 });
    leaves[0]?.();
    expect(group.whole()).toBeNull();
  });

  it('has the usual step of a chart, whatever gaps it has', () => {
    expect(wholeOf([0, 10, 20, 21, 90, 100, 110])).toEqual({ fromMs: 0, toMs: 110, stepMs: 10 });
    expect(wholeOf([7])).toEqual({ fromMs: 7, toMs: 7, stepMs: Number.POSITIVE_INFINITY });
    expect(wholeOf([])).toBeNull();
  });
});
