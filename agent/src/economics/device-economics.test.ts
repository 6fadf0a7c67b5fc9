import { pricePoints } from '@node3/shared/gpu/catalog/price-points';
import { gpuModelIds } from '@node3/shared/gpu/normalise-model';
import { describe, expect, it } from 'vitest';
import { describeEconomics, type EconomicsFacts, seenPrices } from './device-economics.ts';

const usdc = (amount: string) => ({ amount, asset: 'USDC' as const });
const facts: EconomicsFacts = {
  deviceId: 'gpu-1',
  model: 'NVIDIA GeForce RTX 4090',
  modelId: 'rtx-4090',
  ask: { SOL: null, USDC: usdc('0.5') },
  busySec: 1800,
  elapsedSec: 7200,
  powerWatts: 20,
  powerLimitWatts: 450,
  electricityUsdPerKwh: 0.2,
};

describe('describeEconomics', () => {
  it('sets the ask beside what energy costs', () => {
    const seen = describeEconomics(facts);
    expect(seen).toMatchObject({ dutyRatio: 0.25 });
    expect(seen.energyUsdPerHourNow).toBeCloseTo(0.004);
    expect(seen.energyUsdPerHourMax).toBeCloseTo(0.09);
    expect(seen.netUsdPerHourMin).toBeCloseTo(0.41);
  });

  it('knows nothing from what is unknown', () => {
    const none = { ask: { SOL: null, USDC: null }, powerLimitWatts: null, elapsedSec: 0 };
    expect(describeEconomics({ ...facts, ...none })).toMatchObject({
      dutyRatio: null,
      energyUsdPerHourMax: null,
      netUsdPerHourMin: null,
    });
    const { energyUsdPerHourNow } = describeEconomics({ ...facts, electricityUsdPerKwh: null });
    expect(energyUsdPerHourNow).toBeNull();
  });
});

describe('seenPrices', () => {
  it('is the lowest, the middle and the highest that was seen', () => {
    expect(seenPrices('rtx-4090')).toEqual({
      lowUsd: 0.16,
      medianUsd: 0.375,
      highUsd: 1.116,
      count: 8,
    });
    expect([seenPrices('quadro-p400'), seenPrices(null)]).toEqual([null, null]);
  });

  it('is of models in the catalogue alone, in order', () => {
    for (const [id, seen] of Object.entries(pricePoints)) {
      expect(gpuModelIds.has(id)).toBe(true);
      expect(seen.toSorted((a, b) => a - b)).toEqual(seen);
      expect(seen.every((price) => price > 0 && price < 20)).toBe(true);
    }
  });
});
