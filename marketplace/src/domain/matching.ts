import type { Device, Offer } from '@node3/shared/device';
import { type JobSpec, placementDefaults } from '@node3/shared/job-spec';
import { hourlyOffer, priceMax } from '@node3/shared/metering';
import type { BaseUnits } from '@node3/shared/money';
import { chooseDevices } from './choose-devices.ts';
import {
  type AskingOffer,
  askForCount,
  type DevicePurchase,
  devicesWithin,
} from './device-asks.ts';
import { firstGpuRefusal, type GpuConstraint, qualifyingDevices } from './fit-gpus.ts';
import {
  type AgentFacts,
  firstPlacementRefusal,
  type PlacementConstraint,
} from './fit-placement.ts';

/** What an agent has free right now. */
export interface Capacity extends AgentFacts {
  /** The one account whose jobs it takes at present, because it is reserved; null takes all. */
  reservedFor: string | null;
  freeDeviceIds: readonly string[];
  freeCpus: number;
  freeMemoryBytes: number;
  freeSlots: number;
}

/** The part of a job that decides who can run it. */
export type Needs = Pick<JobSpec, 'placement' | 'resources' | 'price'> & {
  limits: Pick<JobSpec['limits'], 'runSec'>;
  workload: Pick<JobSpec['workload'], 'image'>;
  /** Whether it has secrets, which only agents with a key for them get. */
  sealed?: boolean;
  /** What it has to reach; left out, nothing. */
  egressHosts?: readonly string[];
  /** Whose job it is; null where that is not known yet, as for a quote. */
  requesterId: string | null;
};

/** The requirement that keeps a job from an agent, for explanations. */
export type Constraint =
  | PlacementConstraint
  | GpuConstraint
  | 'cpus'
  | 'memory'
  | 'disk'
  | 'price'
  | 'reserved'
  | 'slots';

export type Fit = { fits: true; devices: Device[] } | { fits: false; constraint: Constraint };

/** Whether the network may give GPU work to simulated devices: on localnet only, where money is play money. */
export type SimulatedPolicy = 'allowed' | 'refused';

/** What a job needs. A stored spec says nothing about fields that were not known when it was posted. */
export function needsOf(spec: JobSpec, requesterId: string | null): Needs {
  const { placement, resources, price, limits, workload, secrets, sealedEnv, sealedFiles } = spec;
  const { network } = spec;
  const isSealed = [secrets, sealedEnv, sealedFiles].some((part) => part !== undefined);
  return {
    ...(isSealed ? { sealed: true } : {}),
    ...(network === undefined ? {} : { egressHosts: network.hosts }),
    placement: { ...placementDefaults, ...placement },
    resources,
    price,
    limits: { runSec: limits.runSec },
    workload: { image: workload.image },
    requesterId,
  };
}

/** Whether this job can run on this agent now, and on which devices; otherwise what forbids it. */
export function fit(needs: Needs, capacity: Capacity, simulated: SimulatedPolicy): Fit {
  const ever = fitsEver(needs, capacity, simulated);
  if (!ever.fits) return ever;
  const { gpus, cpus, memoryBytes } = needs.resources;
  const { reservedFor } = capacity;
  if (reservedFor !== null && reservedFor !== needs.requesterId) return refused('reserved');
  if (capacity.freeSlots < 1) return refused('slots');
  if (cpus > capacity.freeCpus) return refused('cpus');
  if (memoryBytes > capacity.freeMemoryBytes) return refused('memory');
  if (gpus === null) return { fits: true, devices: [] };
  const usable = ever.devices.filter(({ id }) => capacity.freeDeviceIds.includes(id));
  const bought = buyDevices(capacity.offer, usable, {
    count: gpus.count,
    asset: priceMax(needs.price).asset,
    offered: hourlyOffer(needs),
  });
  return bought === null ? refused('gpu_count') : { fits: true, devices: bought.devices };
}

/**
 * Which of the devices that it can use a job gets, and what they ask per GPU hour; null when there
 * are too few, or too few for what it pays. A job is never given devices that ask more where cheaper
 * ones suffice.
 */
export function buyDevices(
  offer: AskingOffer,
  usable: readonly Device[],
  { count, asset, offered }: DevicePurchase & { offered: BaseUnits },
): { devices: Device[]; ask: BaseUnits } | null {
  if (usable.length < count) return null;
  const ask = askForCount(offer, usable, { count, asset });
  if (ask > offered) return null;
  const cheapest = devicesWithin(offer, usable, { asset, most: ask });
  return { devices: chooseDevices(cheapest, count), ask };
}

/** Whether the agent could run the job with nothing else on it; `devices` are all that qualify. */
export function fitsEver(needs: Needs, agent: AgentFacts, simulated: SimulatedPolicy): Fit {
  const { resources } = needs;
  const { offer } = agent;
  const unplaced = firstPlacementRefusal(needs, agent);
  if (unplaced !== null) return refused(unplaced);
  if (resources.cpus > offer.cpus) return refused('cpus');
  if (resources.memoryBytes > offer.memoryBytes) return refused('memory');
  if (resources.diskBytes > offer.diskBytes) return refused('disk');
  if (resources.gpus === null) return { fits: true, devices: [] };
  const devices = qualifyingDevices(resources.gpus, offer.devices, simulated);
  if (devices.length < resources.gpus.count) {
    return refused(firstGpuRefusal(resources.gpus, offer.devices, simulated));
  }
  const ask = askOf(needs, offer, simulated);
  return ask === null || ask <= hourlyOffer(needs) ? { fits: true, devices } : refused('price');
}

function refused(constraint: Constraint): Fit {
  return { fits: false, constraint };
}

/**
 * What the agent asks per GPU hour for this job with nothing else on it; null when it takes anything.
 * Where too few of its devices qualify, it is what as many of any kind ask.
 */
export function askOf(
  { price, resources: { gpus } }: Needs,
  offer: Offer,
  simulated: SimulatedPolicy,
): BaseUnits | null {
  if (gpus === null) return null;
  const { devices } = offer;
  const isOne = offer.classAsks === undefined;
  const qualifying = isOne ? devices : qualifyingDevices(gpus, devices, simulated);
  const ask = askForCount(offer, qualifying.length < gpus.count ? devices : qualifying, {
    count: gpus.count,
    asset: priceMax(price).asset,
  });
  return ask === 0n ? null : ask;
}

/** What is left of a capacity beside these. */
export function lessWork(
  capacity: Capacity,
  works: readonly { needs: Needs; devices: readonly Device[] }[],
): Capacity {
  const taken = new Set(works.flatMap(({ devices }) => devices.map(({ id }) => id)));
  const sum = (of: 'cpus' | 'memoryBytes') =>
    works.reduce((all, { needs }) => all + needs.resources[of], 0);
  return {
    ...capacity,
    freeDeviceIds: capacity.freeDeviceIds.filter((id) => !taken.has(id)),
    freeCpus: capacity.freeCpus - sum('cpus'),
    freeMemoryBytes: capacity.freeMemoryBytes - sum('memoryBytes'),
    freeSlots: capacity.freeSlots - works.length,
  };
}
