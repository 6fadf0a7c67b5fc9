import { expect, it } from 'vitest';
import { dayRows } from './earning-days.ts';

const money = (SOL: string, USDC: string) => ({
  SOL: { amount: SOL, asset: 'SOL' as const },
  USDC: { amount: USDC, asset: 'USDC' as const },
});

it('knows a day without earnings from one of which nothing is known', () => {
  const row = { model: 'RTX', results: 1, runHours: 1, energyKwh: null, energyUsd: null };
  const rows = dayRows(
    {
      from: '2026-11-23T00:00:00.000Z',
      to: '2026-11-27T00:00:00.000Z',
      knownSince: '2026-11-24T15:00:00.000Z',
      data: [
        { ...row, day: '2026-11-24', deviceId: 'a', earned: money('0', '0.5'), expected: null },
        {
          ...row,
          day: '2026-11-26',
          deviceId: 'b',
          earned: money('1', '0.25'),
          expected: money('0', '0.3'),
        },
      ],
    },
    'USDC',
  );
  expect(rows.days).toEqual(['2026-11-23', '2026-11-24', '2026-11-25', '2026-11-26']);
  expect(rows.earned).toEqual([null, 0.5, 0, 0.25]);
  expect(rows.expected).toEqual([null, null, 0, 0.3]);
  expect(rows.devices.map(({ points }) => points)).toEqual([
    [null, 0.5, 0, 0],
    [null, 0, 0, 0.25],
  ]);
});
