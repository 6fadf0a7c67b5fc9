import type { Device, Offer } from '@node3/shared/device';
import { findModel } from '@node3/shared/gpu/normalise-model';
import type { JobInput } from '@node3/shared/job-files';
import {
  type GpuVendor,
  gpuFrameworks,
  gpuVendors,
  type JobSpecInput,
  type Priority,
} from '@node3/shared/job-spec';
import type { Reason } from '@node3/shared/job-state';
import { limits } from '@node3/shared/limits';
import { type Money, parseAmount, toMoney } from '@node3/shared/money';
import type { ExecutionResult } from '@node3/shared/routes/agents';
import {
  type SeedCompletion,
  type SeedFailure,
  type SeedJob,
  type SeedMachine,
  type SeedNewJob,
  type SeedProgress,
} from '@node3/shared/routes/node3';
import { seedLabels, seedUploads } from '@node3/shared/seed-labels';
import type { WorkProgress } from '@node3/shared/work-progress';
import { hasSecrets } from '../../../services/job-secrets.ts';
import type { ExecutionRow, JobRow } from '../../../store/rows.ts';

/** Between the words of the node3 seed and ours; nothing else knows them. */

const gib = 1024 ** 3;

/** What the seed's agents allow a job by default: they don't say what their machine has. */
const seedLimits = { cpus: 4, memoryBytes: 8 * gib, diskBytes: 50 * gib };

/** The seed balances two jobs per agent. */
export const seedSlots = 2;

export function toOffer(machine: SeedMachine, slots: number): Offer {
  const device = toDevice(machine);
  return {
    devices: device === null ? [] : [device],
    // The environment of each job tells the agent to use a container.
    isolation: 'container',
    nativeAllowed: false,
    arch: device?.vendor === 'apple' ? 'arm64' : 'x64',
    ...seedLimits,
    slots,
    labels: { ...seedUploads },
  };
}

function toDevice(machine: SeedMachine): Device | null {
  const said = (machine.gpu_vendor ?? machine.gpu_type ?? '').toLowerCase();
  if (said === 'cpu' || said === 'none' || machine.gpu_memory === 0) return null;
  const vendor: GpuVendor | undefined = gpuVendors.find((name) => said.includes(name));
  const memoryBytes = machine.gpu_memory;
  const { modelId } = findModel({ name: machine.gpu_model, memoryBytes, pciModel: null });
  const framework = gpuFrameworks.find((name) => name === machine.compute_framework);
  return {
    id: 'gpu-0',
    vendor: vendor ?? 'simulated',
    model: machine.gpu_model,
    modelId,
    memoryBytes,
    computeCapability: null,
    driverVersion: null,
    ...(framework === undefined ? {} : { frameworks: [framework] }),
    // A maker that nobody knows is what the seed's demo mode makes up.
    simulated: vendor === undefined,
  };
}

export function toJobSpec(job: SeedNewJob): JobSpecInput {
  const gpuMemory = job.gpu_memory_required ?? 0;
  const reward = parseAmount((job.reward ?? 0.001).toFixed(9), 'SOL');
  const needsGpu = job.requires_gpu === true || gpuMemory > 0;
  return {
    labels: {
      api: 'node3',
      [seedLabels.type]: job.job_type,
      [seedLabels.duration]: String(job.estimated_duration ?? 60),
      ...(job.output_upload_url ? { [seedLabels.output]: job.output_upload_url } : {}),
    },
    priority: priorityOf(reward),
    workload: {
      kind: 'container',
      image: job.docker_image,
      command: job.command,
      ...(job.environment === undefined ? {} : { env: job.environment }),
    },
    ...(job.input_data_url ? { inputs: [toInput(job.input_data_url)] } : {}),
    // Nobody else would send it: other agents leave results with the marketplace.
    ...(job.output_upload_url ? { placement: { labels: { ...seedUploads } } } : {}),
    ...(needsGpu
      ? {
          resources: {
            gpus: { count: 1, ...(gpuMemory > 0 ? { memoryBytesMin: gpuMemory } : {}) },
          },
        }
      : {}),
    limits: { runSec: job.timeout ?? limits.runSecDefault },
    price: { kind: 'fixed', reward: toMoney(reward, 'SOL') },
  };
}

/** The seed's archive, whose files its jobs find in /input itself. */
function toInput(url: string): JobInput {
  return { path: '.', source: { kind: 'url', url }, unpack: true };
}

/** null for what the seed's agents can't be told of. */
function toInputUrl(inputs: readonly JobInput[]): string | null | undefined {
  const [input] = inputs;
  if (input === undefined) return undefined;
  const { path, source, unpack } = input;
  const isTheirs = inputs.length === 1 && path === '.' && unpack === true;
  if (!isTheirs || source.kind !== 'url' || source.sha256 !== undefined) return null;
  return source.url;
}

/** The seed's thresholds: 0.01 and 0.001 SOL. */
function priorityOf(lamports: bigint): Priority {
  if (lamports >= 10_000_000n) return 'high';
  return lamports >= 1_000_000n ? 'normal' : 'low';
}

/**
 * The job as the seed's agents know one; null for one that they can't be told of in their words. They
 * read the environment before they accept, so every one of them would read it: that is for the
 * operator's own jobs alone, and secrets are for none.
 */
export function toSeedJob(
  { accountId, jobId, spec }: Pick<JobRow, 'accountId' | 'jobId' | 'spec'>,
  operatorAccountId: string,
): SeedJob | null {
  const { workload, price, inputs, labels } = spec;
  const hasEnvironment = Object.keys(workload.env ?? {}).length > 0;
  if (hasEnvironment && accountId !== operatorAccountId) return null;
  const isSealed = hasSecrets(spec);
  if (workload.kind !== 'container' || price.kind !== 'fixed' || price.reward.asset !== 'SOL') {
    return null;
  }
  const { command, entrypoint, workdir, stdin } = workload;
  const isMore =
    spec.network !== undefined ||
    entrypoint !== undefined ||
    workdir !== undefined ||
    stdin !== undefined;
  const input = toInputUrl(inputs);
  if (isSealed || isMore || input === null || (spec.resources.gpus?.count ?? 0) > 1) return null;
  const output = labels[seedLabels.output];
  return {
    job_id: jobId,
    job_type: labels[seedLabels.type] ?? spec.name ?? 'container',
    docker_image: workload.image,
    command: command ?? [],
    environment: { ...workload.env, REQUIRE_CONTAINER: 'true' },
    gpu_memory_required: spec.resources.gpus?.memoryBytesMin ?? 0,
    estimated_duration: Number(labels[seedLabels.duration] ?? spec.limits.runSec),
    reward: toSol(price.reward),
    timeout: spec.limits.runSec,
    ...(input === undefined ? {} : { input_data_url: input }),
    ...(output === undefined ? {} : { output_upload_url: output }),
  };
}

/** SOL as a number: what the seed shows. Money itself is never computed with it. */
export function toSol(money: Money): number {
  return Number(money.amount);
}

export function rewardOf({ spec }: Pick<JobRow, 'spec'>): number {
  const { price } = spec;
  return price.kind === 'fixed' ? toSol(price.reward) : toSol(price.cap);
}

export function toWorkProgress({ progress, stage, message }: SeedProgress): WorkProgress {
  return { percent: progress, stage: stage ?? null, message: message ?? null };
}

const reported = {
  detail: null,
  exitCode: null,
  started: true,
  peakMemoryBytes: null,
  isolation: null,
  imageDigest: null,
  logLines: 0,
} as const;

export function toSuccess(
  body: SeedCompletion,
  execution: ExecutionRow,
  nowMs: number,
): ExecutionResult {
  const { output_data: output, execution_time: time, metrics, duration } = body;
  return {
    ...reported,
    outcome: 'succeeded',
    reason: 'exited',
    exitCode: 0,
    runMs: runMsOf(time ?? duration ?? null, execution, nowMs),
    output: metrics === undefined ? (output ?? null) : { output_data: output ?? null, metrics },
  };
}

/** The seed has no list of error types; these words in one say whose doing it was. */
const errorTypes: readonly [RegExp, Reason][] = [
  [/time.?out/i, 'run_timeout'],
  [/image|pull/i, 'image_pull_failed'],
  [/gpu|cuda|rocm|metal/i, 'gpu_error'],
  [/memory|oom/i, 'out_of_memory'],
  [/exit|script|command|user/i, 'nonzero_exit'],
];

export function toFailure(
  { error_message: message, error_type: type }: SeedFailure,
  execution: ExecutionRow,
  nowMs: number,
): ExecutionResult {
  const reason = errorTypes.find(([pattern]) => pattern.test(type ?? ''))?.[1] ?? 'engine_error';
  const detail = type ? `${type}: ${message}` : message;
  return {
    ...reported,
    outcome: reason === 'run_timeout' ? 'timed_out' : 'failed',
    reason,
    detail: detail.slice(0, 2_000),
    runMs: runMsOf(null, execution, nowMs),
  };
}

function runMsOf(seconds: number | null, execution: ExecutionRow, nowMs: number): number {
  const heldMs = Math.max(0, nowMs - (execution.startedAtMs ?? nowMs));
  return Math.round(Math.min(seconds === null ? heldMs : seconds * 1_000, heldMs));
}
