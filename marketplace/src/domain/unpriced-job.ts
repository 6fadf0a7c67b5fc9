import type { JobSpec } from '@node3/shared/job-spec';
import { billedUnits } from '@node3/shared/metering';
import { type Asset, type BaseUnits, baseUnits } from '@node3/shared/money';
import { type AskingOffer, askForCount } from './device-asks.ts';

/**
 * What an hour on one GPU, or of a job without any, may cost where nobody says: what such machines were let
 * for in November 2026, in base units.
 */
const usualRates: Record<'gpu' | 'none', Record<Asset, bigint>> = {
  gpu: { SOL: 8_000_000n, USDC: 1_200_000n },
  none: { SOL: 400_000n, USDC: 60_000n },
};

/** Where every agent asks for more, the bid follows the cheapest of them, and no further than so often. */
const raisedAtMost = 4n;

const secPerHour = 3_600n;

export interface UnpricedJob {
  gpus: JobSpec['resources']['gpus'];
  runSec: number;
}

/** An offer with the devices of it that such a job could have. */
export interface SuitableOffer {
  offer: AskingOffer;
  devices: Parameters<typeof askForCount>[1];
}

/**
 * A bid for a job of a system that has no prices: the usual rate, or what the cheapest of the agents asks
 * that have enough devices.
 */
export function bidForUnpriced(
  { gpus }: Pick<UnpricedJob, 'gpus'>,
  suitable: readonly SuitableOffer[],
  asset: Asset,
): BaseUnits {
  const usual = usualRates[gpus === null ? 'none' : 'gpu'][asset];
  const asks = gpus === null ? [] : asksFor(gpus.count, suitable, asset);
  const cheapest = asks.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0))[0] ?? 0n;
  const most = usual * raisedAtMost;
  return baseUnits(cheapest <= usual ? usual : cheapest < most ? cheapest : most);
}

/** Pays for the whole run, rounded up; what is not used comes back. */
export function capForRun({ gpus, runSec }: UnpricedJob, bid: bigint): BaseUnits {
  const units = BigInt(billedUnits(gpus)) * BigInt(runSec);
  return baseUnits((bid * units + secPerHour - 1n) / secPerHour);
}

function asksFor(count: number, suitable: readonly SuitableOffer[], asset: Asset): bigint[] {
  return suitable
    .filter(({ devices }) => devices.length >= count)
    .map(({ offer, devices }) => askForCount(offer, devices, { count, asset }));
}
