import type { Device } from '@node3/shared/device';
import { isolationLevels } from '@node3/shared/job-spec';
import type { Asset, BaseUnits } from '@node3/shared/money';
import { classAsk } from '../domain/device-asks.ts';
import { frameworksOf } from '../domain/fit-gpus.ts';
import type { Capacity, SimulatedPolicy } from '../domain/matching.ts';
import { labelKey } from './need-bounds.ts';
import { bytesStep, cpusStep, fieldMax, pack, versionStep } from './packed-needs.ts';
import {
  archBits,
  egressBit,
  frameworkBits,
  labelBit,
  nativeBit,
  regionBit,
  regionsAround,
  sealedBit,
} from './requirement-bits.ts';

/**
 * An agent with those of its free devices that ask at most so much. One whose devices all ask the same
 * is one level; another is looked for, and looks for jobs, once for each: so nothing that pays
 * too little for its dear devices, and is too large for its cheap ones, is ever in the way.
 */
export interface AskLevel {
  /** Base units per GPU hour; 0 takes anything. */
  ask: BaseUnits;
  /** Those that ask exactly this: a job that this level is the first to suit takes one of them. */
  devices: readonly Device[];
  /** Upper bounds of all up to this ask, per kind of the devices of this level: `any`, `vendor x`, `model y`. */
  haveA: ReadonlyMap<string, number>;
}

/** What an agent has free, as a search compares it. */
export interface AgentView {
  /** The upper bound for jobs without a GPU, which have no ask. */
  withoutGpu: number;
  /** The cheapest first; at least one. */
  levels: Record<Asset, readonly AskLevel[]>;
  haveB: number;
  mask: number;
  /** Of the free devices. */
  devices: readonly Device[];
  labels: readonly string[];
  regions: readonly string[];
}

export function viewAgent(capacity: Capacity, simulated: SimulatedPolicy): AgentView {
  const { offer } = capacity;
  const devices = freeDevices(capacity, simulated);
  const isolation = isolationLevels.indexOf(offer.isolation);
  const regions = offer.region === undefined ? [] : regionsAround(offer.region);
  const labels = Object.entries(offer.labels ?? {});
  let mask = archBits[offer.arch];
  if (offer.nativeAllowed) mask |= nativeBit;
  if (offer.secretKey !== undefined) mask |= sealedBit;
  if (offer.egress !== undefined) mask |= egressBit;
  for (const device of devices) {
    for (const framework of frameworksOf(device)) mask |= frameworkBits[framework];
  }
  for (const [name, value] of labels) mask |= labelBit(name, value);
  for (const region of regions) mask |= regionBit(region);
  return {
    withoutGpu: pack(0, 0, 0, isolation),
    levels: levelsOf(offer, devices, isolation),
    haveB: pack(
      bytesStep(capacity.freeMemoryBytes),
      cpusStep(capacity.freeCpus),
      bytesStep(offer.diskBytes),
      0,
    ),
    mask,
    devices,
    labels: labels.map(([name, value]) => labelKey(name, value)),
    regions,
  };
}

function freeDevices(capacity: Capacity, simulated: SimulatedPolicy): Device[] {
  const { offer, freeDeviceIds } = capacity;
  return offer.devices.filter(
    (device) => freeDeviceIds.includes(device.id) && (simulated === 'allowed' || !device.simulated),
  );
}

function levelsOf(
  offer: Capacity['offer'],
  devices: readonly Device[],
  isolation: number,
): AgentView['levels'] {
  if (offer.classAsks === undefined || devices.length === 0) {
    const haveA = gpuBounds(devices, devices, isolation);
    const level = (asset: Asset) => [{ ask: classAsk(offer, null, asset), devices, haveA }];
    return { SOL: level('SOL'), USDC: level('USDC') };
  }
  const levels = (asset: Asset): AskLevel[] => {
    const byAsk = Map.groupBy(devices, ({ modelId }) => classAsk(offer, modelId, asset));
    let upTo: Device[] = [];
    return [...byAsk]
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([ask, own]) => {
        upTo = [...upTo, ...own];
        return { ask, devices: own, haveA: gpuBounds(upTo, own, isolation) };
      });
  };
  return { SOL: levels('SOL'), USDC: levels('USDC') };
}

/**
 * The most that any single device has, and how many there are: more than a job may find, never less.
 * @param kinds whose kinds are listed.
 */
function gpuBounds(
  devices: readonly Device[],
  kinds: readonly Device[],
  isolation: number,
): Map<string, number> {
  const most = new Map<string, { count: number; memory: number; version: number }>();
  for (const { vendor, memoryBytes, computeCapability } of devices) {
    const keys = ['any', `vendor ${vendor}`];
    const memory = bytesStep(memoryBytes ?? 0);
    const version = versionStep(computeCapability);
    for (const key of keys) {
      const sum = most.get(key) ?? { count: 0, memory: 0, version: 0 };
      sum.count = Math.min(fieldMax, sum.count + 1);
      sum.memory = Math.max(sum.memory, memory);
      sum.version = Math.max(sum.version, version);
      most.set(key, sum);
    }
  }
  const boundOf = (key: string) => {
    const { count, memory, version } = most.get(key) ?? { count: 0, memory: 0, version: 0 };
    return pack(count, memory, version, isolation);
  };
  // A job that takes several models may take some of each.
  const all = boundOf('any');
  const bounds = new Map([['any', all]]);
  for (const { vendor, modelId } of kinds) {
    bounds.set(`vendor ${vendor}`, boundOf(`vendor ${vendor}`));
    if (modelId !== null) bounds.set(`model ${modelId}`, all);
  }
  return bounds;
}
