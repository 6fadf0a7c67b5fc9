import { completeJobSpec } from '@node3/shared/job-spec';
import { baseUnits } from '@node3/shared/money';
import { describe, expect, it } from 'vitest';
import { agreedPrice, classOfDevices, PriceTally, spreadOf, tallyKey } from './price-history.ts';

const images = { container: 'a', python: 'a', javascript: 'a', typescript: 'a', bash: 'a' };
const real = { modelId: 'rtx-4090', simulated: false };

describe('prices of an hour on one GPU', () => {
  it('have quartiles by nearest rank, each of them a price that somebody agreed on', () => {
    expect(spreadOf([])).toBeNull();
    const one = { low: 7n, quarter: 7n, median: 7n, threeQuarters: 7n, high: 7n };
    expect(spreadOf([7n])).toEqual(one);
    // By hand: of 8 sorted prices the ranks are 2, 4 and 6; of 5 they are 2, 3 and 4.
    expect(spreadOf([80n, 10n, 70n, 20n, 60n, 30n, 50n, 40n])).toEqual({
      low: 10n,
      quarter: 20n,
      median: 40n,
      threeQuarters: 60n,
      high: 80n,
    });
    expect(spreadOf([5n, 4n, 3n, 2n, 1n])).toMatchObject({
      quarter: 2n,
      median: 3n,
      threeQuarters: 4n,
    });
  });

  it('are the rate of a metered job, and of a fixed one what it pays for its longest run', () => {
    expect(agreedPrice({ rate: baseUnits(450_000n), spec: null })).toBe(450_000n);
    const spec = completeJobSpec(
      {
        workload: { kind: 'container' },
        resources: { gpus: { count: 2 } },
        limits: { runSec: 1_800 },
        price: { kind: 'fixed', reward: { amount: '1', asset: 'USDC' } },
      },
      images,
    );
    // 1 USDC for half an hour on two GPUs is 1 USDC an hour on each.
    expect(agreedPrice({ rate: null, spec })).toBe(1_000_000n);
    expect(agreedPrice({ rate: null, spec: null })).toBeNull();
  });

  it('are of one class, or of none', () => {
    expect(classOfDevices([real, real])).toEqual({ gpu: 'rtx-4090', simulated: false });
    expect(classOfDevices([real, { ...real, simulated: true }])).toBeNull();
    expect(classOfDevices([real, { ...real, modelId: 'l40s' }])).toBeNull();
    expect(classOfDevices([{ ...real, modelId: null }])).toBeNull();
    expect(classOfDevices([])).toBeNull();
  });

  it('never mix assets, nor what is simulated with what is not', () => {
    const tally = new PriceTally();
    const gpu = { gpu: 'l4', simulated: false };
    tally.add(gpu, 'USDC', 5n, 2);
    tally.add(gpu, 'SOL', 9n);
    tally.add({ ...gpu, simulated: true }, 'USDC', 1n);
    tally.add(null, 'USDC', 1n);
    const sums = tally.sumUp();
    expect([...sums.keys()].toSorted()).toEqual([
      'l4 real SOL',
      'l4 real USDC',
      'l4 simulated USDC',
    ]);
    expect(sums.get(tallyKey(gpu, 'USDC'))).toMatchObject({ jobs: 2, spread: { median: 5n } });
    expect(tally.unclassed).toBe(1);
  });
});
