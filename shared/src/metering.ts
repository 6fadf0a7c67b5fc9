import type { JobSpec, Price } from './job-spec.ts';
import { limits } from './limits.ts';
import { type BaseUnits, baseUnits, baseUnitsMax, fromMoney, type Money } from './money.ts';

/** What a metered job costs, in whole base units and whole milliseconds: rounded once, down. */

const msPerHour = 3_600_000n;
const secPerHour = 3_600n;

/** A rate and how many times it is paid at once. */
export interface Meter {
  /** Base units per GPU hour. */
  rate: BaseUnits;
  /** GPUs of the job; 1 for a job without any, whose rate is per hour of its run. */
  units: number;
  cap: BaseUnits;
}

/** How many times the hourly rate of a job is paid. */
export function billedUnits(gpus: JobSpec['resources']['gpus']): number {
  return gpus?.count ?? 1;
}

/** What a run of this length costs, never more than the cap. */
export function meteredCost({ rate, units, cap }: Meter, runMs: number): BaseUnits {
  const billedMs = BigInt(Math.max(0, Math.floor(runMs)));
  const cost = (rate * BigInt(units) * billedMs) / msPerHour;
  return cost < cap ? baseUnits(cost) : cap;
}

/** Whole seconds that the cap pays for, at most what any run may take. */
export function secondsWithinCap({ rate, units, cap }: Meter): number {
  const seconds = (cap * secPerHour) / (rate * BigInt(units));
  const max = BigInt(limits.runSecMax);
  return Number(seconds < max ? seconds : max);
}

/** The most a provider can get for the job: the reward, or the cap. */
export function priceMax(price: Price): Money {
  return price.kind === 'fixed' ? price.reward : price.cap;
}

/**
 * What the job offers for an hour on one GPU. A fixed reward counts as what it pays per hour when
 * the run takes as long as it may: the least that the provider can be sure of.
 */
export function hourlyOffer(
  spec: Pick<JobSpec, 'price' | 'resources'> & { limits: Pick<JobSpec['limits'], 'runSec'> },
): BaseUnits {
  const { price } = spec;
  if (price.kind === 'metered') return fromMoney(price.bidPerGpuHour);
  const units = BigInt(billedUnits(spec.resources.gpus));
  const runSec = BigInt(spec.limits.runSec);
  const offer = (fromMoney(price.reward) * secPerHour) / (runSec * units);
  // More per hour than any amount can say is more than any ask.
  return baseUnits(offer < baseUnitsMax ? offer : baseUnitsMax);
}
