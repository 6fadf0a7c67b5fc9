import { baseUnits } from '@node3/shared/money';
import { expect, it } from 'vitest';
import { viewEarningDays } from './view-earning-days.ts';

const dayMs = 86_400_000;
const nowMs = Date.parse('2026-11-26T12:00:00Z');
const row = (atMs: number, changes: object = {}) => ({
  executionId: 'exe',
  jobId: 'job',
  deviceId: 'gpu-1',
  model: 'RTX',
  runMs: 1_800_000,
  asset: 'USDC' as const,
  amount: baseUnits(500_000n),
  expected: baseUnits(600_000n),
  energyWh: 100,
  energyUsd: 0.02,
  atMs,
  ...changes,
});

it('sums by day in UTC and by device, and knows nothing of a sum with an unknown part', () => {
  const rows = [
    row(nowMs),
    row(nowMs, { asset: 'SOL', amount: baseUnits(7n), expected: null, energyWh: null }),
    row(nowMs - dayMs, { deviceId: 'gpu-2' }),
    row(nowMs - 9 * dayMs),
  ];
  const seen = viewEarningDays({ rows, knownSinceMs: nowMs - 9 * dayMs, days: 7, nowMs });
  expect(seen).toMatchObject({
    from: '2026-11-20T00:00:00.000Z',
    to: '2026-11-27T00:00:00.000Z',
    knownSince: '2026-11-17T12:00:00.000Z',
    data: [
      { day: '2026-11-25', deviceId: 'gpu-2', results: 1, energyKwh: 0.1, runHours: 0.5 },
      {
        day: '2026-11-26',
        deviceId: 'gpu-1',
        results: 2,
        earned: { SOL: { amount: '0.000000007' }, USDC: { amount: '0.5' } },
        expected: null,
        energyKwh: null,
        energyUsd: 0.04,
      },
    ],
  });
  expect(seen.data).toHaveLength(2);
  expect(viewEarningDays({ rows: [], knownSinceMs: null, days: 1, nowMs })).toMatchObject({
    knownSince: null,
    data: [],
  });
});
