import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptyResult } from '../execution/execution-result.ts';
import type { JournalExecution } from '../journal/journal.ts';
import { sampleOffer } from '../testing/sample-offer.ts';
import { shareEarnings } from './share-earnings.ts';

const facts = { isolation: null, imageDigest: null, logLines: 0 };
const device = {
  deviceId: 'a',
  model: 'RTX',
  asks: { SOL: null, USDC: { amount: '0.36', asset: 'USDC' as const } },
  watts: 300,
  electricityUsdPerKwh: 0.2,
};

function executionOf(
  deviceIds: string[],
  runDevices: JournalExecution['runDevices'],
  runMs = 600_000,
) {
  const offer = sampleOffer({}, { deviceIds });
  const result = { ...emptyResult('exited', 'done', facts), runMs };
  const { executionId, jobId } = offer;
  return { executionId, jobId, offer, result, runDevices } as unknown as JournalExecution;
}

describe('shareEarnings', () => {
  it('sets what the ask would have brought beside what was earned, and the energy', () => {
    const earned = { amount: '0.05', asset: 'USDC' as const };
    expect(shareEarnings(executionOf(['a'], [device]), earned)).toMatchObject([
      { deviceId: 'a', model: 'RTX', amount: 50_000n, expected: 60_000n, runMs: 600_000 },
    ]);
    const [row] = shareEarnings(executionOf(['a'], [device]), earned);
    expect(row?.energyWh).toBeCloseTo(50);
    expect(row?.energyUsd).toBeCloseTo(0.01);
  });

  it('knows nothing from what is unknown, and has a row for work without a GPU', () => {
    const earned = { amount: '1', asset: 'SOL' as const };
    const unknown = { expected: null, energyWh: null, energyUsd: null };
    expect(shareEarnings(executionOf([], []), earned)).toMatchObject([
      { deviceId: 'none', model: null, ...unknown },
    ]);
    expect(shareEarnings(executionOf(['a'], [{ ...device, watts: null }]), earned)).toMatchObject([
      { deviceId: 'a', ...unknown },
    ]);
  });

  it('loses nothing of what was earned', () => {
    const ids = fc.uniqueArray(fc.string({ minLength: 1 }), { maxLength: 8 });
    fc.assert(
      fc.property(ids, fc.integer({ min: 0, max: 10 ** 9 }), (deviceIds, lamports) => {
        const amount = `0.${String(lamports).padStart(9, '0')}`.replace(/^0\.1000000000$/, '1');
        const rows = shareEarnings(executionOf(deviceIds, []), { amount, asset: 'SOL' });
        const sum = rows.reduce((all, row) => all + row.amount, 0n);
        expect(sum).toBe(BigInt(lamports));
        expect(rows).toHaveLength(Math.max(1, deviceIds.length));
      }),
    );
  });
});
