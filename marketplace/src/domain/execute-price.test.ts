import { meteredCost, secondsWithinCap } from '@node3/shared/metering';
import { executeGpuTypes } from '@node3/shared/routes/galaksio';
import { assert, constantFrom, integer, property, record } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ExecuteTerms, executePrice } from './execute-price.ts';

const usual: ExecuteTerms = {
  gpuType: 'l40s',
  gpuCount: 1,
  timeoutSec: 300,
  demand: 'when_free',
};

describe('the price of an execution', () => {
  it.each<[Partial<ExecuteTerms>, bigint, bigint]>([
    [{}, 800_000n, 66_667n],
    [{ gpuType: 'a100' }, 1_200_000n, 100_000n],
    [{ demand: 'on_demand' }, 1_200_000n, 100_000n],
    [{ timeoutSec: 3_600 }, 800_000n, 800_000n],
    [{ timeoutSec: 1 }, 800_000n, 223n],
    [
      { gpuType: 'a100', gpuCount: 8, timeoutSec: 3_600, demand: 'on_demand' },
      1_800_000n,
      14_400_000n,
    ],
  ])('of %o is as published', (changes, rate, cap) => {
    expect(executePrice({ ...usual, ...changes })).toEqual({ rate, cap });
  });

  it('[7.17] pays for every second of the timeout and charges no more than was quoted', () => {
    const terms = record({
      gpuType: constantFrom(...executeGpuTypes),
      gpuCount: integer({ min: 1, max: 8 }),
      timeoutSec: integer({ min: 1, max: 3_600 }),
      demand: constantFrom('on_demand' as const, 'when_free' as const),
    });
    assert(
      property(terms, integer({ min: 0, max: 10_000_000 }), (input, runMs) => {
        const { rate, cap } = executePrice(input);
        const meter = { rate, cap, units: input.gpuCount };
        expect(secondsWithinCap(meter)).toBeGreaterThanOrEqual(input.timeoutSec);
        expect(meteredCost(meter, runMs)).toBeLessThanOrEqual(cap);
      }),
    );
  });
});
