import { baseUnits, zero } from '@node3/shared/money';
import { ManualClock } from '@node3/shared/testing/manual-clock';
import { assert, asyncProperty, bigInt } from 'fast-check';
import { expect, it } from 'vitest';
import type { LedgerTotals } from '../store/store.ts';
import { readRunway } from './read-runway.ts';

const dayMs = 86_400_000;
const none = { SOL: zero, USDC: zero };
const clock = new ManualClock();

function storeOf(treasury: bigint, liabilities: bigint, paid: bigint) {
  const totals: LedgerTotals = {
    transfers: 9,
    liabilities: { ...none, SOL: baseUnits(liabilities) },
    held: none,
    feeRevenue: none,
    treasury: { ...none, SOL: baseUnits(treasury) },
    // What was once put in does not shrink when it is spent.
  };
  const atMs = clock.nowMs() - dayMs;
  const costs = { payments: 2, lamports: baseUnits(paid), oldestAtMs: atMs, firstAtMs: atMs };
  return { ledgerTotals: async () => totals, paymentCosts: async () => costs };
}

it('counts what is left of the treasury beyond what is owed, not what was once put in', async () => {
  const store = storeOf(5_000_000_000n, 3_000_000_000n, 500_000_000n);
  expect(await readRunway({ store, clock })).toEqual({
    capital: { amount: '2', asset: 'SOL' },
    perDay: { amount: '0.5', asset: 'SOL' },
    days: 4,
    payments: 2,
  });
});

it('is never below nothing and never more than the treasury has', async () => {
  const lamports = bigInt({ min: 0n, max: 10n ** 15n });
  await assert(
    asyncProperty(lamports, lamports, async (treasury, owed) => {
      const { capital } = await readRunway({ store: storeOf(treasury, owed, 1n), clock });
      const left = Number(capital.amount);
      expect(left).toBeGreaterThanOrEqual(0);
      expect(left).toBeLessThanOrEqual(Number(treasury) / 1e9);
      if (owed >= treasury) expect(left).toBe(0);
    }),
  );
});
