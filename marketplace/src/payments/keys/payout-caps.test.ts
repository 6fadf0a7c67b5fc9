import { type Asset, baseUnits, zero } from '@node3/shared/money';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { capWindowMs, PayoutLimiter } from './payout-caps.ts';

const hourMs = 3_600_000;
const startMs = 1_800_000_000_000;
const sol = (amount: bigint) => ({ SOL: amount, USDC: 0n });

function limiter() {
  const caps = { payout: baseUnits(60n), hour: baseUnits(100n), day: baseUnits(250n) };
  return new PayoutLimiter({ SOL: caps, USDC: caps });
}

describe('the caps of an hour and a day', () => {
  it('leave what was not signed away, and roll on', () => {
    const limits = limiter();
    expect(limits.take('a', sol(60n), startMs)).toBeNull();
    expect(limits.left('SOL', startMs)).toBe(40n);
    expect(limits.left('USDC', startMs)).toBe(100n);
    expect(limits.take('b', sol(50n), startMs + 1)).toBe('SOL');
    expect(limits.fits('SOL', 50n, startMs + 1)).toEqual({ atMs: startMs + hourMs, cap: 'hourly' });
    expect(limits.take('b', sol(50n), startMs + hourMs)).toBeNull();
    expect(limits.take('c', sol(50n), startMs + hourMs)).toBeNull();
    // 160 of the day's 250 are gone; of the third hour only 90 may go.
    const thirdMs = startMs + 3 * hourMs;
    expect(limits.left('SOL', thirdMs)).toBe(90n);
    expect(limits.take('d', sol(60n), thirdMs)).toBeNull();
    expect(limits.take('e', sol(30n), thirdMs)).toBeNull();
    const lateMs = thirdMs + 5 * hourMs;
    expect(limits.left('SOL', lateMs)).toBe(0n);
    expect(limits.fits('SOL', 60n, lateMs)).toEqual({ atMs: startMs + capWindowMs, cap: 'daily' });
    expect(limits.fits('SOL', 61n, lateMs).atMs).toBe(startMs + hourMs + capWindowMs);
  });

  it('count the money of a receipt once, however often it is signed', () => {
    const limits = limiter();
    for (let attempt = 0; attempt < 5; attempt += 1) {
      expect(limits.take('a', sol(60n), startMs + attempt)).toBeNull();
    }
    expect(limits.left('SOL', startMs + 5)).toBe(40n);
  });

  it('count what an earlier process signed, and do not let a clock that goes back free it', () => {
    const limits = limiter();
    limits.recall('a', sol(60n), startMs);
    limits.recall('a', sol(60n), startMs + hourMs);
    expect(limits.left('SOL', startMs)).toBe(40n);
    expect(limits.left('SOL', startMs - 10 * hourMs)).toBe(40n);
    expect(limits.left('SOL', startMs + hourMs)).toBe(100n);
  });

  it('must grow with time, or a payout could wait for ever', () => {
    const caps = { payout: baseUnits(2n), hour: baseUnits(1n), day: baseUnits(3n) };
    expect(() => new PayoutLimiter({ SOL: caps, USDC: caps })).toThrow('must grow');
  });

  it('are never exceeded in any window, and what fits at a time may go then', () => {
    const payment = fc.record({
      asset: fc.constantFrom<Asset>('SOL', 'USDC'),
      amount: fc.bigInt({ min: 1n, max: 60n }),
      pauseMs: fc.integer({ min: 0, max: 2 * hourMs }),
    });
    fc.assert(
      fc.property(fc.array(payment, { maxLength: 60 }), (payments) => {
        const limits = limiter();
        const signed: { asset: Asset; amount: bigint; atMs: number }[] = [];
        let nowMs = startMs;
        for (const [index, { asset, amount, pauseMs }] of payments.entries()) {
          nowMs += pauseMs;
          const amounts = { SOL: zero as bigint, USDC: zero as bigint, [asset]: amount };
          const { atMs } = limits.fits(asset, amount, nowMs);
          expect(limits.take(`${index}`, amounts, nowMs)).toBe(atMs > nowMs ? asset : null);
          if (atMs > nowMs) {
            expect(limits.left(asset, atMs - 1) < amount).toBe(true);
            expect(limits.take(`${index}`, amounts, atMs)).toBeNull();
            nowMs = atMs;
          }
          signed.push({ asset, amount, atMs: nowMs });
          for (const [windowMs, cap] of [
            [hourMs, 100n],
            [capWindowMs, 250n],
          ] as const) {
            const inWindow = signed.filter(
              (one) => one.asset === asset && one.atMs > nowMs - windowMs,
            );
            expect(inWindow.reduce((sum, one) => sum + one.amount, 0n) <= cap).toBe(true);
          }
        }
      }),
    );
  });
});
