import { baseUnits } from '@node3/shared/money';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { feeOn, settle } from './settlement.ts';

function settlementOf(overrides: Partial<Parameters<typeof settle>[0]> = {}) {
  const reward = baseUnits(1_000_000n);
  return settle({
    reward,
    held: baseUnits(reward + feeOn(reward, 500)),
    feeBasisPoints: 500,
    outcome: 'ended_otherwise',
    fault: 'requester',
    runMs: 0,
    runLimitMs: 10_000,
    ...overrides,
  });
}

describe('who pays', () => {
  it('gives the provider the whole reward for a success', () => {
    expect(settlementOf({ outcome: 'succeeded', fault: 'none', runMs: 5 })).toEqual({
      state: 'captured',
      charged: 1_050_000n,
      providerShare: 1_000_000n,
      fee: 50_000n,
      refund: 0n,
    });
  });

  it('charges the share of the limit that ran when the requester is at fault', () => {
    expect(settlementOf({ runMs: 2_500 })).toEqual({
      state: 'split',
      charged: 262_500n,
      providerShare: 250_000n,
      fee: 12_500n,
      refund: 787_500n,
    });
  });

  it("charges the whole reward when the requester's program used the whole limit", () => {
    expect(settlementOf({ runMs: 99_999 })).toMatchObject({ state: 'captured', refund: 0n });
  });

  it.each(['provider', 'none'] as const)('charges nothing when the fault is %s', (fault) => {
    expect(settlementOf({ fault, runMs: 9_000 })).toMatchObject({
      state: 'released',
      charged: 0n,
      providerShare: 0n,
    });
  });

  it('charges nothing before the program started', () => {
    expect(settlementOf({ runMs: 0 })).toMatchObject({ state: 'released', charged: 0n });
  });

  it('conserves money and never charges more than was held', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 1n, max: 10n ** 15n }),
        fc.integer({ min: 0, max: 5_000 }),
        fc.constantFrom('succeeded' as const, 'ended_otherwise' as const),
        fc.constantFrom('requester' as const, 'provider' as const, 'none' as const),
        fc.integer({ min: 0, max: 1_000_000 }),
        fc.integer({ min: 1_000, max: 1_000_000 }),
        (amount, feeBasisPoints, outcome, fault, runMs, runLimitMs) => {
          const reward = baseUnits(amount);
          const held = baseUnits(reward + feeOn(reward, feeBasisPoints));
          const result = settle({
            reward,
            held,
            feeBasisPoints,
            outcome,
            fault,
            runMs,
            runLimitMs,
          });
          expect(result.providerShare + result.fee + result.refund).toBe(held);
          expect(result.providerShare + result.fee).toBe(result.charged);
          expect(result.providerShare <= reward).toBe(true);
          expect(result.refund >= 0n).toBe(true);
        },
      ),
    );
  });
});
