import { type Reason, reasonNames, reasons } from '@node3/shared/job-state';
import { baseUnits, zero } from '@node3/shared/money';
import { type SettlementRow, settlementRows } from '@node3/shared/settlement-table';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { feeOn, type PriceTerms, settle, settlementRowOf } from './settlement.ts';

const reward = baseUnits(1_000_001n);
const runLimitMs = 10_000;

/** Both kinds of price, with numbers that don't divide evenly. */
const prices: Record<PriceTerms['kind'], PriceTerms> = {
  fixed: { kind: 'fixed', reward, runLimitMs },
  // 360,007 base units per GPU hour on two GPUs: 0.2000039 in a millisecond, 2,000.04 in ten seconds.
  metered: { kind: 'metered', rate: baseUnits(360_007n), units: 2, cap: baseUnits(2_500n) },
};
const runs = { '0': 0, '1 ms': 1, limit: runLimitMs, beyond: 60_000 };

function mostOf(terms: PriceTerms): bigint {
  return terms.kind === 'fixed' ? terms.reward : terms.cap;
}

function settleOf(
  terms: PriceTerms,
  reason: Reason,
  runMs: number,
  more: { feeBasisPoints?: number; feePool?: bigint } = {},
) {
  const feeBasisPoints = more.feeBasisPoints ?? 500;
  const most = baseUnits(mostOf(terms));
  const held = baseUnits(most + feeOn(most, feeBasisPoints));
  const feePool = baseUnits(more.feePool ?? 10n ** 9n);
  return settle({ terms, held, feeBasisPoints, reason, runMs, feePool });
}

/** The reasons of each row as `protocol.md` publishes them, written down by hand. */
const published: Record<SettlementRow, Reason[]> = {
  success: ['exited'],
  requester_run: [
    'nonzero_exit',
    'command_not_found',
    'out_of_memory',
    'run_timeout',
    'cap_reached',
    'no_progress',
    'disk_exceeded',
    'output_missing',
    'output_rejected',
    'cancelled_by_requester',
  ],
  requester_free: [
    'image_not_found',
    'request_invalid',
    'input_unavailable',
    'dependency_failed',
    'poison',
  ],
  nobody: [
    'result_reused',
    'image_pull_failed',
    'prepare_timeout',
    'queue_timeout',
    'offer_not_accepted',
    'released_by_agent',
    'agent_removed',
    'preempted',
  ],
  provider: ['lease_expired', 'engine_error', 'gpu_error', 'agent_restarted', 'result_overdue'],
  platform: ['marketplace_error'],
};
const faultOf: Record<SettlementRow, string> = {
  success: 'none',
  requester_run: 'requester',
  requester_free: 'requester',
  nobody: 'none',
  provider: 'provider',
  platform: 'platform',
};

describe('who pays', () => {
  it('settles every reason by the row that is published for it', () => {
    const listed = settlementRows.flatMap((row) => published[row]);
    expect(listed.toSorted()).toEqual(reasonNames.toSorted());
    for (const row of settlementRows) {
      for (const reason of published[row]) {
        expect([reason, settlementRowOf(reason, 1)]).toEqual([reason, row]);
        expect([reason, reasons[reason].fault]).toEqual([reason, faultOf[row]]);
      }
    }
    expect(settlementRowOf('cancelled_by_requester', 0)).toBe('requester_free');
    expect(settlementRowOf('command_not_found', 0)).toBe('requester_free');
  });

  it('[P89] [P90] [P91] divides the money of every reason as the table file says', async () => {
    const lines = [
      'reason | price | run | row | state | provider | fee | charged | refund | fees give',
    ];
    for (const reason of reasonNames) {
      for (const [kind, terms] of Object.entries(prices)) {
        for (const [run, runMs] of Object.entries(runs)) {
          const s = settleOf(terms, reason, runMs);
          const cells = [reason, kind, run, s.row, s.state, s.providerShare, s.fee];
          lines.push([...cells, s.charged, s.refund, s.fromFeePool].map(String).join(' | '));
        }
      }
    }
    await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('settlement.golden.txt');
  });

  it.each([
    ['exited', 'fixed', 5, 1_000_001n, 50_000n],
    ['exited', 'metered', 10_000, 2_000n, 100n],
    ['exited', 'metered', 60_000, 2_500n, 125n],
    ['exited', 'metered', 0, 0n, 0n],
    ['nonzero_exit', 'fixed', 1, 100n, 5n],
    ['nonzero_exit', 'fixed', 10_000, 1_000_001n, 50_000n],
    ['cancelled_by_requester', 'fixed', 0, 0n, 0n],
    ['cancelled_by_requester', 'metered', 5_000, 1_000n, 50n],
    ['cap_reached', 'metered', 12_500, 2_500n, 125n],
    ['command_not_found', 'fixed', 0, 0n, 0n],
    ['command_not_found', 'fixed', 10_000, 1_000_001n, 50_000n],
    ['image_pull_failed', 'metered', 10_000, 0n, 0n],
    ['gpu_error', 'fixed', 10_000, 0n, 0n],
  ] as const)('%s at a %s price after %i ms', (reason, kind, runMs, providerShare, fee) => {
    const charged = providerShare + fee;
    expect(settleOf(prices[kind], reason, runMs)).toMatchObject({ providerShare, fee, charged });
  });

  it('pays for its own failures from the fees it earned, as far as they go', () => {
    const whole = settleOf(prices.fixed, 'marketplace_error', 5_000);
    expect(whole).toMatchObject({ charged: 0n, fee: 0n, providerShare: 500_000n, shortfall: 0n });
    const short = settleOf(prices.fixed, 'marketplace_error', 5_000, { feePool: 7n });
    expect(short).toMatchObject({ providerShare: 7n, fromFeePool: 7n, shortfall: 499_993n });
    const empty = settleOf(prices.fixed, 'marketplace_error', 5_000, { feePool: 0n });
    expect(empty).toMatchObject({ providerShare: 0n, state: 'released', refund: 1_050_001n });
  });

  const amounts = fc.bigInt({ min: 1n, max: 10n ** 15n });
  const terms: fc.Arbitrary<PriceTerms> = fc.oneof(
    fc.record({
      kind: fc.constant('fixed' as const),
      reward: amounts.map(baseUnits),
      runLimitMs: fc.integer({ min: 1_000, max: 86_400_000 }),
    }),
    fc.record({
      kind: fc.constant('metered' as const),
      rate: amounts.map(baseUnits),
      units: fc.integer({ min: 1, max: 8 }),
      cap: amounts.map(baseUnits),
    }),
  );
  const cases = {
    terms,
    reason: fc.constantFrom(...reasonNames),
    runMs: fc.oneof(
      fc.integer({ min: 0, max: 10 ** 9 }),
      fc.double({ min: 0, max: 1e9, noNaN: true }),
    ),
    feeBasisPoints: fc.integer({ min: 0, max: 5_000 }),
    feePool: fc.bigInt({ min: 0n, max: 10n ** 15n }),
  };

  it('conserves money, and never charges more than was quoted', () => {
    fc.assert(
      fc.property(fc.record(cases), ({ terms: price, reason, runMs, ...more }) => {
        const result = settleOf(price, reason, runMs, more);
        const most = mostOf(price);
        const quoted = most + feeOn(baseUnits(most), more.feeBasisPoints);
        expect(result.charged + result.refund).toBe(quoted);
        expect(result.providerShare + result.fee).toBe(result.charged + result.fromFeePool);
        expect(result.providerShare <= most).toBe(true);
        expect(result.charged <= quoted).toBe(true);
        expect(result.fromFeePool <= more.feePool).toBe(true);
        if (result.row !== 'platform') expect(result.fromFeePool + result.shortfall).toBe(0n);
        else expect(result.charged).toBe(zero);
      }),
      { numRuns: 1_000 },
    );
  });

  it('never costs less for a longer run', () => {
    fc.assert(
      fc.property(
        fc.record(cases),
        fc.integer({ min: 0, max: 10 ** 9 }),
        ({ terms: price, reason, runMs, ...more }, moreMs) => {
          const shorter = settleOf(price, reason, runMs, more);
          const longer = settleOf(price, reason, runMs + moreMs, more);
          expect(longer.charged >= shorter.charged).toBe(true);
          expect(longer.providerShare >= shorter.providerShare).toBe(true);
        },
      ),
      { numRuns: 1_000 },
    );
  });
});
