import type { UsageRow } from '@node3/shared/routes/usage';
import { expect, it } from 'vitest';
import { chargedByDay, daysBetween, lastDays, totalsOf } from './usage-totals.ts';

function row(more: Partial<UsageRow>): UsageRow {
  const charged = { amount: '0.1', asset: 'USDC' as const };
  return {
    day: '2026-11-26',
    keyId: null,
    gpu: null,
    label: null,
    jobs: 1,
    gpuMs: 4,
    runMs: 2,
    charged,
    ...more,
  };
}

it('adds money exactly, and no asset to another', () => {
  const rows = [row({}), row({ charged: { amount: '0.2', asset: 'USDC' } })];
  const totals = totalsOf([...rows, row({ charged: { amount: '3', asset: 'SOL' } })]);
  expect(totals).toEqual({
    jobs: 3,
    gpuMs: 12,
    runMs: 6,
    charged: { SOL: { amount: '3', asset: 'SOL' }, USDC: { amount: '0.3', asset: 'USDC' } },
  });
});

it('has a place for every day, also for those without a job', () => {
  const days = daysBetween('2026-02-27', '2026-03-01');
  expect(days).toEqual(['2026-02-27', '2026-02-28', '2026-03-01']);
  expect(chargedByDay(days, [row({ day: '2026-02-28' })])).toEqual([
    { label: 'USDC', points: [0, 0.1, 0] },
  ]);
  expect(lastDays(7, Date.parse('2026-03-01T23:59:59Z'))).toEqual({
    from: '2026-02-23',
    to: '2026-03-01',
  });
});
