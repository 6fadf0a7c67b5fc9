import type { Offer } from '@node3/shared/device';
import type { ProviderStatus } from '@node3/shared/provider';
import { sayStanding } from '@node3/shared/provider-standings';
import type { ProviderRow } from '../store/provider-store.ts';

/**
 * The label that every agent of a provider has, whatever it says of itself: a job that asks for it
 * runs there and nowhere else.
 */
export const providerLabel = 'node3/provider';

export type ProviderRules = Pick<ProviderRow, 'name' | 'state' | 'facts'>;

/** Whether agents of a provider are to get anything new. */
export function isProviderOpen({ state, facts }: ProviderRules, offer: Offer | null): boolean {
  if (state !== 'active') return false;
  const { architectures } = facts.capabilities;
  return offer === null || architectures === undefined || architectures.includes(offer.arch);
}

/** What an agent offers, as far as its provider lets it: limits are for one job each. */
export function limitOffer(offer: Offer, { name, facts }: ProviderRules): Offer {
  const { capabilities, labels } = facts;
  const { cpusMax, memoryBytesMax, diskBytesMax, regions, runSecMax } = capabilities;
  const runSec = least(offer.runSecMax ?? Number.POSITIVE_INFINITY, runSecMax);
  const region = offer.region ?? (regions?.length === 1 ? regions[0] : undefined);
  return {
    ...offer,
    devices: allowedDevices(offer, capabilities),
    cpus: least(offer.cpus, cpusMax),
    memoryBytes: least(offer.memoryBytes, memoryBytesMax),
    diskBytes: least(offer.diskBytes, diskBytesMax),
    labels: { ...offer.labels, ...labels, [providerLabel]: name },
    ...(region === undefined ? {} : { region }),
    ...(Number.isFinite(runSec) ? { runSecMax: runSec } : {}),
  };
}

function least(own: number, most: number | undefined): number {
  return most === undefined ? own : Math.min(own, most);
}

function allowedDevices({ devices }: Offer, limits: ProviderRow['facts']['capabilities']) {
  const { gpuSupport, gpuTypes, gpusMax } = limits;
  if (gpuSupport === false) return [];
  const types = gpuTypes?.map((type) => type.toLowerCase());
  const known = ({ modelId, model }: Offer['devices'][number]) =>
    types === undefined ||
    types.some((type) => modelId === type || model.toLowerCase().includes(type));
  return devices.filter(known).slice(0, gpusMax);
}

/** What is known of the agents of a provider at this moment. */
export interface ProviderWorkers {
  registered: number;
  online: number;
  /** Of those online, the ones that would take work. */
  accepting: number;
  slots: number;
  busySlots: number;
}

export interface ProviderStanding {
  status: ProviderStatus;
  reason: string;
}

/** How a provider stands: as the operator wants it, or as its agents are. */
export function standingOfProvider(
  { state, stateReason }: Pick<ProviderRow, 'state' | 'stateReason'>,
  { registered, online, accepting, slots, busySlots }: ProviderWorkers,
): ProviderStanding {
  if (state !== 'active')
    return { status: state, reason: stateReason ?? sayStanding('byOperator') };
  if (registered === 0) return { status: 'unhealthy', reason: sayStanding('none') };
  const isOne = registered === 1;
  const agents = registered;
  if (online === 0) {
    const reason = sayStanding(isOne ? 'oneOffline' : 'allOffline', { agents });
    return { status: 'unhealthy', reason };
  }
  if (slots > 0 && busySlots >= slots) {
    return { status: 'overloaded', reason: sayStanding('full', { slots }) };
  }
  const offline = registered - online;
  const idle = online - accepting;
  if (offline > 0 || idle > 0) {
    const reason = sayStanding(isOne ? 'oneIdle' : 'some', { agents, offline, idle });
    return { status: 'degraded', reason };
  }
  return { status: 'active', reason: sayStanding(isOne ? 'oneOnline' : 'allOnline', { agents }) };
}
