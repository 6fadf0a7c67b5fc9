import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addEvidence,
  averageRunSec,
  type Evidence,
  halfLifeMs,
  type Reputation,
  standingOn,
} from './reputation.ts';

const evidence = fc.record({
  axis: fc.constantFrom('availability', 'completion'),
  good: fc.double({ min: 0, max: 1, noNaN: true }),
});
const observation = fc.record({ evidence, atMs: fc.integer({ min: 0, max: 4 * halfLifeMs }) });

function tell(observations: readonly { evidence: Evidence; atMs: number }[]): Reputation | null {
  return observations.reduce<Reputation | null>(
    (record, { evidence: one, atMs }) => addEvidence(record, [one], atMs),
    null,
  );
}

describe('reputation', () => {
  it('[3.04] is the same in whatever order evidence comes', () => {
    fc.assert(
      fc.property(
        fc.array(observation, { minLength: 1, maxLength: 20 }).chain((all) =>
          fc.record({
            all: fc.constant(all),
            shuffled: fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length }),
          }),
        ),
        ({ all, shuffled }) => {
          const atMs = 5 * halfLifeMs;
          for (const axis of ['availability', 'completion']) {
            const one = standingOn(tell(all), axis, atMs);
            const other = standingOn(tell(shuffled), axis, atMs);
            expect(other.count).toBe(one.count);
            expect(other.weight).toBeCloseTo(one.weight, 9);
            if (one.value === null) expect(other.value).toBeNull();
            else expect(other.value).toBeCloseTo(one.value, 9);
          }
        },
      ),
    );
  });

  it('stays between nothing and everything, and never weighs more than what came', () => {
    fc.assert(
      fc.property(fc.array(observation, { maxLength: 30 }), fc.nat(halfLifeMs), (all, laterMs) => {
        const { value, weight, count } = standingOn(
          tell(all),
          'completion',
          4 * halfLifeMs + laterMs,
        );
        const expected = all.filter((one) => one.evidence.axis === 'completion').length;
        expect(count).toBe(expected);
        expect(value === null).toBe(expected === 0);
        expect(value ?? 0.5).toBeGreaterThan(0);
        expect(value ?? 0.5).toBeLessThan(1);
        expect(weight).toBeLessThanOrEqual(expected + 1e-9);
      }),
    );
  });

  it('forgets half in thirty days and fades towards the middle', () => {
    const record = addEvidence(
      null,
      [...Array(8)].map(() => ({ axis: 'completion', good: 0 })),
      0,
    );
    expect(standingOn(record, 'completion', 0)).toEqual({ value: 0.1, weight: 8, count: 8 });
    const later = standingOn(record, 'completion', halfLifeMs);
    expect(later).toEqual({ value: 1 / 6, weight: 4, count: 8 });
    expect(standingOn(record, 'completion', 40 * halfLifeMs).value).toBeCloseTo(0.5, 6);
  });

  it('does not know what nobody has seen', () => {
    const unknown = { value: null, weight: 0, count: 0 };
    expect(standingOn(null, 'correctness', 0)).toEqual(unknown);
    const record = addEvidence<string>(null, [{ axis: 'completion', good: 1 }], 0);
    expect(standingOn(record, 'correctness', 0)).toEqual(unknown);
  });

  it('[4.03] averages run times as the seed does', () => {
    expect(averageRunSec(null, 10)).toBe(10);
    expect(averageRunSec(10, 20)).toBeCloseTo(13);
  });
});
