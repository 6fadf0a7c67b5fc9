import { baseUnits } from '@node3/shared/money';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Caps, dayEndsAtMs, dayOf, findExceededCap, raisesAny } from './spending-caps.ts';

const amount = fc.bigInt({ min: 0n, max: 1_000n }).map(baseUnits);
const limit = fc.option(amount, { nil: null });
const caps: fc.Arbitrary<Caps> = fc.record({ perJob: limit, open: limit, perDay: limit });
const used = fc.record({ open: amount, today: amount });

describe('spending caps', () => {
  it('let a job through exactly when every limit of everybody still holds with it', () => {
    fc.assert(
      fc.property(amount, caps, caps, used, (price, operator, account, spent) => {
        const holds = [operator, account].every(
          ({ perJob, open, perDay }) =>
            (perJob === null || price <= perJob) &&
            (open === null || spent.open + price <= open) &&
            (perDay === null || spent.today + price <= perDay),
        );
        const exceeded = findExceededCap(price, [
          { scope: 'operator', caps: operator, used: spent },
          { scope: 'account', caps: account, used: spent },
        ]);
        expect(exceeded === null).toBe(holds);
      }),
      { numRuns: 500 },
    );
  });

  it('are widened by more, and by no limit where there was one', () => {
    const of = (perDay: bigint | null): Caps => ({
      perJob: null,
      open: null,
      perDay: perDay === null ? null : baseUnits(perDay),
    });
    expect(raisesAny(of(5n), of(6n))).toBe(true);
    expect(raisesAny(of(5n), of(null))).toBe(true);
    expect(raisesAny(of(5n), of(5n))).toBe(false);
    expect(raisesAny(of(null), of(6n))).toBe(false);
  });

  it('count days from midnight to midnight, UTC', () => {
    const midnight = Date.parse('2026-11-27T00:00:00.000Z');
    expect(dayEndsAtMs(midnight - 1)).toBe(midnight);
    expect(dayEndsAtMs(midnight)).toBe(midnight + 86_400_000);
    expect(dayOf(midnight)).toBe(dayOf(midnight - 1) + 1);
  });
});
