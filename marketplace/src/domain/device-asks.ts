import type { Device, Offer } from '@node3/shared/device';
import { type Asset, type BaseUnits, fromMoney, zero } from '@node3/shared/money';

/** The part of an offer that says what its GPUs ask for. */
export type AskingOffer = Pick<Offer, 'asks' | 'classAsks'>;

/** For how many devices a job pays, and in what. */
export interface DevicePurchase {
  count: number;
  asset: Asset;
}

/** What an offer asks for an hour on a GPU of this class; 0 takes anything. null is no class. */
export function classAsk(
  { asks, classAsks }: AskingOffer,
  modelId: string | null,
  asset: Asset,
): BaseUnits {
  const isListed = modelId !== null && classAsks !== undefined && Object.hasOwn(classAsks, modelId);
  const ask = (isListed ? classAsks[modelId] : asks)?.[asset] ?? null;
  return ask === null || ask.asset !== asset ? zero : fromMoney(ask);
}

/**
 * What a job has to pay per GPU hour for so many of these devices: what the dearest of the cheapest
 * that suffice asks. Of too few devices it is the highest ask, and without any that of no class.
 */
export function askForCount(
  offer: AskingOffer,
  devices: readonly Device[],
  { count, asset }: DevicePurchase,
): BaseUnits {
  if (offer.classAsks === undefined) return classAsk(offer, null, asset);
  const asks = devices.map(({ modelId }) => classAsk(offer, modelId, asset)).toSorted(compare);
  return asks[Math.min(count, asks.length) - 1] ?? classAsk(offer, null, asset);
}

/**
 * The least that any of these devices asks; 0 when none asks for anything. A metered job pays this
 * where it gets devices that take anything: they are not dearer than those beside them.
 */
export function leastAsk(offer: AskingOffer, devices: readonly Device[], asset: Asset): BaseUnits {
  const asks = devices.map(({ modelId }) => classAsk(offer, modelId, asset));
  return asks.filter((ask) => ask > 0n).toSorted(compare)[0] ?? zero;
}

/** Those of the devices that ask at most so much. */
export function devicesWithin(
  offer: AskingOffer,
  devices: readonly Device[],
  { asset, most }: { asset: Asset; most: BaseUnits },
): readonly Device[] {
  if (offer.classAsks === undefined) return classAsk(offer, null, asset) <= most ? devices : [];
  return devices.filter(({ modelId }) => classAsk(offer, modelId, asset) <= most);
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
