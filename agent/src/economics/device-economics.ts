import type { Asks } from '@node3/shared/device';
import { pricePoints } from '@node3/shared/gpu/catalog/price-points';
import type { DeviceEconomics } from '@node3/shared/routes/agent-local';

export interface EconomicsFacts {
  deviceId: string;
  model: string;
  modelId: string | null;
  ask: Asks;
  busySec: number;
  /** Since the agent has counted. */
  elapsedSec: number;
  powerWatts: number | null;
  powerLimitWatts: number | null;
  electricityUsdPerKwh: number | null;
}

const wattsPerKilowatt = 1000;

/** One device in money. A dollar counts as a USDC; SOL has no price here. Pure. */
export function describeEconomics(facts: EconomicsFacts): DeviceEconomics {
  const { ask, busySec, deviceId, elapsedSec, model, modelId } = facts;
  const askUsd = ask.USDC === null ? null : Number(ask.USDC.amount);
  const energyUsdPerHourMax = energyCost(facts, facts.powerLimitWatts);
  const isKnown = askUsd !== null && energyUsdPerHourMax !== null;
  return {
    deviceId,
    model,
    modelId,
    ask,
    seen: seenPrices(modelId),
    dutyRatio: elapsedSec > 0 ? Math.min(1, busySec / elapsedSec) : null,
    energyUsdPerHourNow: energyCost(facts, facts.powerWatts),
    energyUsdPerHourMax,
    netUsdPerHourMin: isKnown ? askUsd - energyUsdPerHourMax : null,
  };
}

function energyCost({ electricityUsdPerKwh }: EconomicsFacts, watts: number | null) {
  if (electricityUsdPerKwh === null || watts === null) return null;
  return (watts / wattsPerKilowatt) * electricityUsdPerKwh;
}

/** What others were seen to ask for an hour; null for a model nobody was seen to offer. */
export function seenPrices(modelId: string | null): DeviceEconomics['seen'] {
  const seen = modelId === null ? [] : (pricePoints[modelId] ?? []);
  const low = seen.at(0);
  const high = seen.at(-1);
  if (low === undefined || high === undefined) return null;
  const middle = Math.floor(seen.length / 2);
  const upper = seen[middle] ?? high;
  const median = seen.length % 2 === 1 ? upper : ((seen[middle - 1] ?? low) + upper) / 2;
  return { lowUsd: low, medianUsd: median, highUsd: high, count: seen.length };
}
