import { isolationLevels, type JobPlacement } from '@node3/shared/job-spec';
import { limits } from '@node3/shared/limits';
import type { JobNeeds } from '../domain/job-needs.ts';
import { bytesStep, cpusStep, pack, versionStep } from './packed-needs.ts';
import {
  archBits,
  egressBit,
  frameworkBits,
  labelBit,
  nativeBit,
  regionBit,
  sealedBit,
} from './requirement-bits.ts';

/** Lower bounds of what a job asks for, as a search compares them. */
export interface NeedBounds {
  needA: number;
  needB: number;
  mask: number;
}

export function boundsOf(needs: JobNeeds): NeedBounds {
  const { gpus, placement } = needs;
  const level = placement.isolationMin === 'native' ? 'container' : placement.isolationMin;
  const isolation = needs.isNative ? 0 : isolationLevels.indexOf(level);
  return {
    needA: pack(
      gpus?.count ?? 0,
      bytesStep(gpus?.memoryBytesMin ?? 0),
      versionStep(gpus?.computeCapabilityMin),
      isolation,
    ),
    needB: pack(bytesStep(needs.memoryBytes), cpusStep(needs.cpus), bytesStep(needs.diskBytes), 0),
    mask: maskOf(needs),
  };
}

function maskOf({ arch, isNative, isSealed, egressHosts, gpus, placement }: JobNeeds): number {
  let mask = 0;
  if (arch !== null) mask |= archBits[arch];
  if (isNative) mask |= nativeBit;
  if (isSealed === true) mask |= sealedBit;
  if (egressHosts !== undefined) mask |= egressBit;
  if (gpus?.framework !== undefined) mask |= frameworkBits[gpus.framework];
  for (const [name, value] of Object.entries(placement.labels)) mask |= labelBit(name, value);
  const [region] = placement.regions ?? [];
  // One of several regions suffices, and bits say only what all must have.
  if (region !== undefined && placement.regions?.length === 1) mask |= regionBit(region);
  return mask;
}

/** Where an open job is looked for: every agent that could take it looks in one of its places. */
export interface JobPlaces {
  gpus: readonly string[];
  /** What narrows it down most. */
  selector: 'agent' | 'provider' | 'label' | 'region' | 'none';
  values: readonly string[];
}

export function placesOf({ placement, gpus }: JobNeeds): JobPlaces {
  const { selector, values } = selectorOf(placement);
  // A job for certain agents needs no second way of being found.
  if (selector === 'agent') return { gpus: ['any'], selector, values };
  const models = gpus?.models?.map((model) => `model ${model}`) ?? [];
  const isExact = models.length > 0 && models.length * values.length <= limits.placesPerJob;
  return { gpus: isExact ? [...new Set(models)] : [vendorKey(gpus)], selector, values };
}

function vendorKey(gpus: JobNeeds['gpus']): string {
  if (gpus === null) return 'none';
  return gpus.vendor === undefined ? 'any' : `vendor ${gpus.vendor}`;
}

function selectorOf(placement: JobPlacement): Pick<JobPlaces, 'selector' | 'values'> {
  const { agents, providers, labels, regions } = placement;
  if (agents !== null) return { selector: 'agent', values: [...new Set(agents)] };
  if (providers !== null) return { selector: 'provider', values: [...new Set(providers)] };
  const [label] = Object.entries(labels);
  if (label !== undefined) return { selector: 'label', values: [labelKey(...label)] };
  if (regions !== null) return { selector: 'region', values: [...new Set(regions)] };
  return { selector: 'none', values: [''] };
}

export function labelKey(name: string, value: string): string {
  return `${name}=${value}`;
}
