import type { Device } from '@node3/shared/device';
import { isolationLevels } from '@node3/shared/job-spec';
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

/** What an agent has free, as a search compares it. */
export interface AgentView {
  /** Upper bounds per kind of GPU: `none`, `any`, `vendor x`, `model y`. */
  haveA: ReadonlyMap<string, number>;
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
    haveA: gpuBounds(devices, isolationLevels.indexOf(offer.isolation)),
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

/** The most that any single device has, and how many there are: more than a job may find, never less. */
function gpuBounds(devices: readonly Device[], isolation: number): Map<string, number> {
  const bounds = new Map<string, number>([
    ['none', pack(0, 0, 0, isolation)],
    ['any', pack(0, 0, 0, isolation)],
  ]);
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
  for (const [key, { count, memory, version }] of most) {
    bounds.set(key, pack(count, memory, version, isolation));
  }
  // A job that takes several models may take some of each.
  const all = bounds.get('any') ?? 0;
  for (const { modelId } of devices) if (modelId !== null) bounds.set(`model ${modelId}`, all);
  return bounds;
}
