import { type BaseUnits, baseUnits } from '@node3/shared/money';
import type { ExecuteGpuType } from '@node3/shared/routes/galaksio';

/** micro-USDC for an hour on one GPU: what such cards were let for in November 2026. */
const hourlyRates: Record<ExecuteGpuType, bigint> = {
  l40s: 800_000n,
  a100: 1_200_000n,
};

/** On demand costs half as much again. */
const onDemandFactor = { numerator: 3n, denominator: 2n };

const secPerHour = 3_600n;

export interface ExecuteTerms {
  gpuType: ExecuteGpuType;
  gpuCount: number;
  timeoutSec: number;
  demand: 'on_demand' | 'when_free';
}

export interface ExecutePrice {
  /** micro-USDC per GPU hour. */
  rate: BaseUnits;
  /** What a run up to its timeout costs, without the fee; what it does not use comes back. */
  cap: BaseUnits;
}

/** The cap is rounded up, so that it pays for the whole timeout. */
export function executePrice(terms: ExecuteTerms): ExecutePrice {
  const usual = hourlyRates[terms.gpuType];
  const { numerator, denominator } = onDemandFactor;
  const rate = terms.demand === 'on_demand' ? (usual * numerator) / denominator : usual;
  const gpuSeconds = BigInt(terms.gpuCount) * BigInt(terms.timeoutSec);
  const cap = (rate * gpuSeconds + secPerHour - 1n) / secPerHour;
  return { rate: baseUnits(rate), cap: baseUnits(cap) };
}
