import type { JobSpecInput } from '@node3/shared/job-spec';
import { limits } from '@node3/shared/limits';
import { usageError } from '../command-error.ts';
import { parseSeconds } from './duration.ts';
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
}

/**
 * The seed's job as a canonical one. Its flags describe the same things in other words: the type
 * and the expected duration become labels, since neither decides where a job runs.
 */
export function buildAdminJob(options: AdminJobOptions): JobSpecInput {
  const jobType = options.jobType ?? options.type ?? 'inference';
  const runSec = parseSeconds('--timeout', options.timeout);
  if (runSec > limits.runSecMax) {
    throw usageError(`--timeout is ${runSec} s.`, `At most ${limits.runSecMax} s.`);
  }
  const gpus = parseGpus(options);
  return {
    name: `${jobType} job`,
    labels: {
      'job-type': jobType,
      'expected-sec': String(parseSeconds('--duration', options.duration)),
    },
    workload: {
      kind: 'container',
      ...(options.dockerImage === undefined ? {} : { image: options.dockerImage }),
      ...(options.command === undefined ? {} : { command: parseCommand(options.command) }),
    },
    ...(gpus === null ? {} : { resources: { gpus } }),
    limits: { runSec },
    price: { kind: 'fixed', reward: parseMoney('--reward', options.reward, options.asset) },
  };
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
