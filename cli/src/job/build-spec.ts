import { isEgressHost } from '@node3/shared/egress-hosts';
import { type JobSpecInput, nativeImage, priorities } from '@node3/shared/job-spec';
import { limits } from '@node3/shared/limits';
import { usageError } from '../command-error.ts';
import { parseBytes } from '../parse/bytes.ts';
import { choose } from '../parse/choose.ts';
import { parseSeconds } from '../parse/duration.ts';
import { parseGpuSpec } from '../parse/gpu-spec.ts';
import { parseLabels } from '../parse/key-values.ts';
import { parseMoney } from '../parse/money.ts';
import { buildPlacement, type PlacementOptions } from './build-placement.ts';

/** The options of `node3 run` that describe the job, as they were typed. */
export interface PriceOptions {
  reward: string;
  asset: string;
  bid?: string;
  cap?: string;
}

export interface JobOptions extends PlacementOptions, PriceOptions {
  gpu?: string;
  cpus?: string;
  memory?: string;
  disk?: string;
  timeout?: string;
  queueTimeout?: string;
  name?: string;
  label?: string[];
  priority?: string;
  allowHosts?: string;
}

/** The canonical job for what was typed. Throws a usage error that names the option. */
export function buildJobSpec(
  workload: JobSpecInput['workload'],
  options: JobOptions,
): JobSpecInput {
  const resources = buildResources(options);
  const runLimits = buildLimits(options);
  const labels = parseLabels(options.label ?? []);
  const placement = buildPlacement(options);
  return {
    ...(options.name === undefined ? {} : { name: options.name }),
    ...(Object.keys(labels).length === 0 ? {} : { labels }),
    ...(options.priority === undefined
      ? {}
      : { priority: choose('--priority', options.priority, priorities) }),
    workload: withoutImage(workload, options),
    ...(Object.keys(resources).length === 0 ? {} : { resources }),
    ...(Object.keys(placement).length === 0 ? {} : { placement }),
    ...(options.allowHosts === undefined ? {} : { network: buildNetwork(options.allowHosts) }),
    ...(Object.keys(runLimits).length === 0 ? {} : { limits: runLimits }),
    price: buildPrice(options),
  };
}

function buildNetwork(text: string): NonNullable<JobSpecInput['network']> {
  const hosts = text.split(',').map((host) => host.trim().toLowerCase());
  const wrong = hosts.find((host) => !isEgressHost(host));
  if (wrong === undefined) return { kind: 'egress', hosts };
  const fix = 'Give host names with commas between them, such as huggingface.co,*.pypi.org';
  throw usageError(`--allow-hosts has "${wrong}" in it, which is no host name.`, fix);
}

/** A reward for the whole job, or a bid per hour that a cap bounds: neither goes without the other. */
export function buildPrice({ reward, asset, bid, cap }: PriceOptions): JobSpecInput['price'] {
  if (bid === undefined && cap === undefined) {
    return { kind: 'fixed', reward: parseMoney('--reward', reward, asset) };
  }
  if (bid === undefined || cap === undefined) {
    const missing = bid === undefined ? '--bid' : '--cap';
    throw usageError(`${missing} is missing.`, 'Give both, such as: --bid 0.5USDC/h --cap 2USDC');
  }
  const bidPerGpuHour = parseMoney('--bid', bid.replace(/\s*\/\s*h(our)?$/i, ''), asset);
  return { kind: 'metered', bidPerGpuHour, cap: parseMoney('--cap', cap, asset) };
}

/** A native job has no image, and says so: the marketplace would fill in its default one. */
function withoutImage(
  workload: JobSpecInput['workload'],
  { isolation }: JobOptions,
): JobSpecInput['workload'] {
  if (isolation !== 'native') return workload;
  if (workload.image === undefined) return { ...workload, image: nativeImage };
  const fix = 'It runs on the provider’s own system. Leave out --image, or --isolation native.';
  throw usageError('--isolation native takes no image.', fix);
}

function buildResources(options: JobOptions): NonNullable<JobSpecInput['resources']> {
  const resources: NonNullable<JobSpecInput['resources']> = {};
  if (options.gpu !== undefined) resources.gpus = parseGpuSpec(options.gpu);
  if (options.cpus !== undefined) resources.cpus = parseCpus(options.cpus);
  if (options.memory !== undefined) {
    resources.memoryBytes = parseBytes('--memory', options.memory);
  }
  if (options.disk !== undefined) resources.diskBytes = parseBytes('--disk', options.disk);
  return resources;
}

function parseCpus(text: string): number {
  const cpus = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && cpus >= 0.1 && cpus <= limits.cpusMax) return cpus;
  const fix = `Give a number of cores from 0.1 to ${limits.cpusMax}, such as 0.5 or 4.`;
  throw usageError(`--cpus is "${text}".`, fix);
}

export function buildLimits(
  options: Pick<JobOptions, 'timeout' | 'queueTimeout'>,
): NonNullable<JobSpecInput['limits']> {
  const runLimits: NonNullable<JobSpecInput['limits']> = {};
  if (options.timeout !== undefined) {
    runLimits.runSec = boundedSeconds('--timeout', options.timeout, limits.runSecMax);
  }
  if (options.queueTimeout !== undefined) {
    runLimits.queueSec = boundedSeconds(
      '--queue-timeout',
      options.queueTimeout,
      limits.queueSecMax,
    );
  }
  return runLimits;
}

function boundedSeconds(option: string, text: string, max: number): number {
  const seconds = parseSeconds(option, text);
  if (seconds <= max) return seconds;
  throw usageError(`${option} is ${text}, which is too long.`, `At most ${max / 3600} hours.`);
}
