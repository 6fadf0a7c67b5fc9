import { readBytesText } from '../import/size-text.ts';
import {
  type GpuFramework,
  type GpuRequirement,
  type GpuVendor,
  gpuFrameworks,
  gpuVendors,
} from '../job-spec.ts';
import { limits } from '../limits.ts';

/** What is wrong with a text about GPUs, as the end of a sentence that begins with it. */
export class GpuSyntaxError extends Error {
  override readonly name = 'GpuSyntaxError';
}

/**
 * Reads what a person writes about GPUs: parts between colons in any order, each a count, a vendor, a
 * framework (`cuda`), a memory minimum (`24GB..`), a compute capability (`cc8.6`) or one or more models
 * between commas. Throws GpuSyntaxError.
 */
export function readGpuSyntax(text: string): GpuRequirement {
  const found: Partial<GpuRequirement> = {};
  for (const part of text.trim().toLowerCase().split(':')) addPart(found, part.trim());
  return { count: 1, ...found };
}

/** The same in one line, which reads back as it was. */
export function writeGpuSyntax(gpus: GpuRequirement): string {
  const { vendor, models, memoryBytesMin, computeCapabilityMin, framework, count } = gpus;
  const parts = [
    vendor,
    models?.join(','),
    memoryBytesMin === undefined ? undefined : `${memoryText(memoryBytesMin)}..`,
    computeCapabilityMin === undefined ? undefined : `cc${computeCapabilityMin}`,
    framework,
  ].filter((part) => part !== undefined);
  if (parts.length === 0) return count === 1 ? 'any' : String(count);
  return [...parts, ...(count === 1 ? [] : [count])].join(':');
}

const memoryUnits = [
  ['GiB', 1024 ** 3],
  ['GB', 1e9],
  ['MiB', 1024 ** 2],
  ['MB', 1e6],
] as const;

function memoryText(bytes: number): string {
  const found = memoryUnits.find(([, factor]) => bytes % factor === 0);
  return found === undefined ? `${bytes}B` : `${bytes / found[1]}${found[0]}`;
}

function addPart(found: Partial<GpuRequirement>, part: string): void {
  if (part === '') throw new GpuSyntaxError('has an empty part');
  if (part === 'any') return;
  if (/^\d+$/.test(part)) set(found, 'count', readCount(part));
  else if (isVendor(part)) set(found, 'vendor', part);
  else if (isFramework(part)) set(found, 'framework', part);
  else if (/^cc\d/.test(part)) set(found, 'computeCapabilityMin', readCapability(part));
  else if (part.includes('..') || /^\d+(\.\d+)?[kmgt]i?b$/.test(part)) {
    set(found, 'memoryBytesMin', readMemory(part));
  } else set(found, 'models', readModels(part));
}

function set<K extends keyof GpuRequirement>(
  found: Partial<GpuRequirement>,
  field: K,
  value: GpuRequirement[K],
): void {
  if (found[field] !== undefined) throw new GpuSyntaxError(`says ${nouns[field]} twice`);
  found[field] = value;
}

const nouns: Record<keyof GpuRequirement, string> = {
  count: 'the count',
  vendor: 'the vendor',
  models: 'the model',
  memoryBytesMin: 'the memory',
  computeCapabilityMin: 'the compute capability',
  framework: 'the framework',
};

function readCount(part: string): number {
  const count = Number(part);
  if (count >= 1 && count <= limits.gpusPerJob) return count;
  throw new GpuSyntaxError(`asks for ${part} GPUs; a job has 1 to ${limits.gpusPerJob}`);
}

function isVendor(part: string): part is GpuVendor {
  return gpuVendors.some((vendor) => vendor === part);
}

function isFramework(part: string): part is GpuFramework {
  return gpuFrameworks.some((framework) => framework === part);
}

function readCapability(part: string): string {
  const value = part.slice(2);
  if (/^\d{1,2}\.\d$/.test(value)) return value;
  throw new GpuSyntaxError(`has the compute capability "${value}"; it is written as cc8.6`);
}

function readMemory(part: string): number {
  const [least = '', most = ''] = part.split('..');
  if (most !== '') {
    throw new GpuSyntaxError('has an upper bound; only a minimum such as 24GB.. is known');
  }
  const bytes = readBytesText(least);
  if (bytes === null) throw new GpuSyntaxError(`has the memory "${least}", which is not a size`);
  return bytes;
}

function readModels(part: string): string[] {
  const models = part.split(',').map((model) => model.trim().replaceAll(/[ _]+/g, '-'));
  const bad = models.find((model) => !/^[a-z0-9][a-z0-9-]{0,63}$/.test(model));
  if (bad !== undefined) {
    throw new GpuSyntaxError(`has the model "${bad}", which is not a model name`);
  }
  return models;
}
