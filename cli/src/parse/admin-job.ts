import type { Env } from '@node3/shared/env';
import type { JobInput } from '@node3/shared/job-files';
import { type JobSpecInput, type Priority, priorities } from '@node3/shared/job-spec';
import { limits } from '@node3/shared/limits';
import { seedLabels, seedUploads } from '@node3/shared/seed-labels';
import { usageError } from '../command-error.ts';
import { parseSeconds } from './duration.ts';
import { parseEnvironment } from './key-values.ts';
import { parseMoney } from './money.ts';
import { parseWholeNumber } from './whole-number.ts';

/** The flags of the seed's `create-job`, as they were typed. */
export interface AdminJobOptions {
  jobType?: string;
  type?: string;
  dockerImage?: string;
  command?: string[];
  reward: string;
  asset: string;
  gpuMemory: string;
  gpu?: boolean;
  requiresGpu?: boolean;
  duration: string;
  timeout: string;
  env?: string[];
  priority?: string;
  inputDataUrl?: string;
  outputUploadUrl?: string;
}

/**
 * The seed's job as a canonical one. Its flags describe the same things in other words: the type
 * and the expected duration become labels, since neither decides where a job runs.
 */
export function buildAdminJob(options: AdminJobOptions, env: Env = {}): JobSpecInput {
  const jobType = options.jobType ?? options.type ?? 'inference';
  const runSec = parseSeconds('--timeout', options.timeout);
  if (runSec > limits.runSecMax) {
    throw usageError(`--timeout is ${runSec} s.`, `At most ${limits.runSecMax} s.`);
  }
  const gpus = parseGpus(options);
  const { inputDataUrl: inputUrl, outputUploadUrl: outputUrl } = options;
  return {
    name: `${jobType} job`,
    labels: {
      'job-type': jobType,
      'expected-sec': String(parseSeconds('--duration', options.duration)),
      ...(outputUrl === undefined ? {} : { [seedLabels.output]: outputUrl }),
    },
    ...(options.priority === undefined ? {} : { priority: parsePriority(options.priority) }),
    ...(inputUrl === undefined ? {} : { inputs: [toArchive(inputUrl)] }),
    // Agents of ours leave results with the marketplace instead.
    ...(outputUrl === undefined ? {} : { placement: { labels: { ...seedUploads } } }),
    workload: {
      kind: 'container',
      ...(options.dockerImage === undefined ? {} : { image: options.dockerImage }),
      ...(options.command === undefined ? {} : { command: parseCommand(options.command) }),
      ...(options.env === undefined ? {} : { env: parseEnvironment(options.env, env) }),
    },
    ...(gpus === null ? {} : { resources: { gpus } }),
    limits: { runSec },
    price: { kind: 'fixed', reward: parseMoney('--reward', options.reward, options.asset) },
  };
}

function parsePriority(text: string): Priority {
  const word = priorities.find((one) => one === text.toLowerCase());
  if (word !== undefined) return word;
  throw usageError(`--priority is "${text}".`, `One of: ${priorities.join(', ')}.`);
}

/** The seed's archive, whose files its jobs find in /input. */
function toArchive(url: string): JobInput {
  return { path: '.', source: { kind: 'url', url }, unpack: true };
}

function parseGpus(options: AdminJobOptions) {
  const memory = parseWholeNumber('--gpu-memory', options.gpuMemory, {
    min: 0,
    max: limits.memoryBytesMax,
  });
  if (options.gpu === false) {
    if (memory === 0) return null;
    throw usageError('--gpu-memory contradicts --no-gpu.', 'Leave one of them out.');
  }
  if (options.requiresGpu !== true && memory === 0) return null;
  return { count: 1, ...(memory === 0 ? {} : { memoryBytesMin: memory }) };
}

/** One `--command` is a line for the shell, as the seed uses it; several are program and arguments. */
function parseCommand(parts: string[]): string[] {
  const [only] = parts;
  return parts.length === 1 && only !== undefined && only.includes(' ')
    ? ['sh', '-c', only]
    : parts;
}
