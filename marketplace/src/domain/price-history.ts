import type { Device } from '@node3/shared/device';
import type { JobSpec } from '@node3/shared/job-spec';
import { hourlyOffer } from '@node3/shared/metering';
import type { Asset, BaseUnits } from '@node3/shared/money';

/** A model of the catalogue; simulated devices of it are a class of their own. */
export interface GpuClass {
  gpu: string;
  simulated: boolean;
}

/** The class of all of these devices; null where there is none, or not one. */
export function classOfDevices(
  devices: readonly Pick<Device, 'modelId' | 'simulated'>[],
): GpuClass | null {
  const [first] = devices;
  if (first?.modelId == null) return null;
  const { modelId: gpu, simulated } = first;
  const isOne = devices.every((other) => other.modelId === gpu && other.simulated === simulated);
  return isOne ? { gpu, simulated } : null;
}

/** What a paid run had agreed on for an hour on one GPU: what asks are compared with. */
export function agreedPrice({
  rate,
  spec,
}: {
  rate: BaseUnits | null;
  spec: Pick<JobSpec, 'price' | 'resources' | 'limits'> | null;
}): BaseUnits | null {
  if (rate !== null) return rate;
  return spec === null ? null : hourlyOffer(spec);
}

export interface Spread {
  low: bigint;
  quarter: bigint;
  median: bigint;
  threeQuarters: bigint;
  high: bigint;
}

/** Quartiles by nearest rank: each is one of the prices. null of none. */
export function spreadOf(prices: readonly bigint[]): Spread | null {
  const sorted = prices.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] as bigint;
  if (sorted.length === 0) return null;
  return { low: at(0), quarter: at(0.25), median: at(0.5), threeQuarters: at(0.75), high: at(1) };
}

/** Prices of one day or one moment, by class and asset. */
export class PriceTally {
  /** Paid runs of no class. */
  unclassed = 0;
  readonly #prices = new Map<string, bigint[]>();

  add(gpuClass: GpuClass | null, asset: Asset, price: bigint, times = 1): void {
    if (gpuClass === null) {
      this.unclassed += 1;
      return;
    }
    const key = tallyKey(gpuClass, asset);
    const known = this.#prices.get(key) ?? [];
    this.#prices.set(key, known);
    for (let time = 0; time < times; time += 1) known.push(price);
  }

  /** By `tallyKey`. */
  sumUp(): Map<string, { jobs: number; spread: Spread }> {
    const sums = new Map<string, { jobs: number; spread: Spread }>();
    for (const [key, prices] of this.#prices) {
      const spread = spreadOf(prices);
      if (spread !== null) sums.set(key, { jobs: prices.length, spread });
    }
    return sums;
  }
}

export function tallyKey({ gpu, simulated }: GpuClass, asset: Asset): string {
  return `${gpu} ${simulated ? 'simulated' : 'real'} ${asset}`;
}
