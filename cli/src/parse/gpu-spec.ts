import {
  type GpuFramework,
  type GpuRequirement,
  type GpuVendor,
  gpuFrameworks,
  gpuVendors,
} from '@node3/shared/job-spec';
import { limits } from '@node3/shared/limits';
import { usageError } from '../command-error.ts';
import { readBytes } from './bytes.ts';

const examples =
  'Write any, a count, a model, a memory minimum, or several with colons:\n' +
  '  --gpu any   --gpu 2   --gpu rtx-4090   --gpu 24GB..   --gpu nvidia:h100-80gb:2';

/**
 * Reads what follows `--gpu`: parts between colons in any order, each a count, a vendor, a framework
 * (`cuda`), a memory minimum (`24GB..`), a compute capability (`cc8.6`) or one or more models between commas.
 */
export function parseGpuSpec(text: string): GpuRequirement {
  const found: Partial<GpuRequirement> = {};
  for (const part of text.trim().toLowerCase().split(':')) addPart(found, part.trim(), text);
  return { count: 1, ...found };
}

function addPart(found: Partial<GpuRequirement>, part: string, text: string): void {
  if (part === '') throw wrong(text, 'has an empty part');
  if (part === 'any') return;
  if (/^\d+$/.test(part)) set(found, 'count', readCount(part, text), text);
  else if (isVendor(part)) set(found, 'vendor', part, text);
  else if (isFramework(part)) set(found, 'framework', part, text);
  else if (/^cc\d/.test(part)) set(found, 'computeCapabilityMin', readCapability(part, text), text);
  else if (part.includes('..') || /^\d+(\.\d+)?[kmgt]i?b$/.test(part)) {
    set(found, 'memoryBytesMin', readMemory(part, text), text);
  } else set(found, 'models', readModels(part, text), text);
}

function set<K extends keyof GpuRequirement>(
  found: Partial<GpuRequirement>,
  field: K,
  value: GpuRequirement[K],
  text: string,
): void {
  if (found[field] !== undefined) throw wrong(text, `says ${nouns[field]} twice`);
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

function readCount(part: string, text: string): number {
  const count = Number(part);
  if (count >= 1 && count <= limits.gpusPerJob) return count;
  throw wrong(text, `asks for ${part} GPUs; a job has 1 to ${limits.gpusPerJob}`);
}

function isVendor(part: string): part is GpuVendor {
  return gpuVendors.some((vendor) => vendor === part);
}

function isFramework(part: string): part is GpuFramework {
  return gpuFrameworks.some((framework) => framework === part);
}

function readCapability(part: string, text: string): string {
  const value = part.slice(2);
  if (/^\d{1,2}\.\d$/.test(value)) return value;
  throw wrong(text, `has the compute capability "${value}"; it is written as cc8.6`);
}

function readMemory(part: string, text: string): number {
  const [least = '', most = ''] = part.split('..');
  if (most !== '') throw wrong(text, 'has an upper bound; only a minimum such as 24GB.. is known');
  const bytes = readBytes(least);
  if (bytes === null) throw wrong(text, `has the memory "${least}", which is not a size`);
  return bytes;
}

function readModels(part: string, text: string): string[] {
  const models = part.split(',').map((model) => model.trim().replaceAll(/[ _]+/g, '-'));
  const bad = models.find((model) => !/^[a-z0-9][a-z0-9-]{0,63}$/.test(model));
  if (bad !== undefined) throw wrong(text, `has the model "${bad}", which is not a model name`);
  return models;
}

function wrong(text: string, problem: string) {
  return usageError(`--gpu "${text}" ${problem}.`, examples);
}
