import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { limits } from './limits.ts';
import { toTimestamp } from './schema.ts';

describe('a timestamp', () => {
  it('is what Date writes, in whatever order days come', () => {
    const max = limits.timestampMsMax;
    const times = fc.oneof(
      fc.integer({ min: -max, max }),
      fc.integer({ min: 0, max: 4_102_444_800_000 }),
      fc.double({ min: -max, max, noNaN: true }),
    );
    fc.assert(
      fc.property(times, (ms) => {
        expect(toTimestamp(ms)).toBe(new Date(ms).toISOString());
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, 2 * limits.timestampMsMax])('refuses %s', (ms) => {
    expect(() => toTimestamp(ms)).toThrow(RangeError);
  });
});
