import { MarketError } from '@node3/shared/error';
import type { JobSpecInput, PlacementStrategy } from '@node3/shared/job-spec';
import { assets } from '@node3/shared/money';
import {
  type HodeiCommand,
  type HodeiJob,
  placeOf,
  toJobSpecInput,
} from '../domain/hodei-job-spec.ts';
import { invalid, specProblems } from '../services/check-template.ts';
import { findProvider } from '../services/manage-providers.ts';
import type { GrpcDeps } from './grpc-deps.ts';
import { fromProtoTime, type ProtoTime } from './proto-time.ts';

/** hodei.CommandSpec, with the one of the two that was given. */
export interface CommandSpec {
  shell?: { cmd: string; args: string[] } | null;
  script?: { interpreter: string; content: string } | null;
}

export interface ResourceRequirements {
  cpu_cores: number;
  memory_bytes: number;
  disk_bytes: number;
  gpu_count: number;
  gpu_types: string[];
  custom: Record<string, string>;
  architecture: string;
}

export interface SchedulingInfo {
  priority: string;
  deadline: ProtoTime | null;
  preemption_allowed: boolean;
  preferred_provider: string;
  preferred_region: string;
  required_labels: Record<string, string>;
}

/** hodei.JobDefinition as it is read: what is absent is null, 0 or empty. */
export interface JobDefinition {
  job_id: string;
  name: string;
  command: CommandSpec | null;
  image: string;
  env: Record<string, string>;
  requirements: ResourceRequirements | null;
  scheduling: SchedulingInfo | null;
  timeout_ms: number;
  working_dir: string;
  stdin: string;
  inputs: Record<string, string>;
  secrets: Record<string, string>;
  allow_retry?: boolean;
  max_attempts?: number;
  correlation_id: string;
  price: { amount: string; asset: string } | null;
  labels: Record<string, string>;
}

/** What a request says beside the definition. */
export interface DefinitionExtras {
  strategy?: PlacementStrategy | undefined;
  /** Who asks, as the client calls them. */
  askedBy: string;
}

const field = 'job_definition';

type SpecDeps = Pick<GrpcDeps, 'defaultImages' | 'clock' | 'providers'>;

/**
 * The spec that a definition means, checked as REST checks one. Throws REQUEST_INVALID with the names
 * of the proto files.
 */
export function toSpec(
  definition: JobDefinition | null,
  { strategy, askedBy }: DefinitionExtras,
  { defaultImages, clock, providers }: SpecDeps,
): JobSpecInput {
  if (definition === null) throw wrong('', 'is needed');
  const { scheduling, inputs } = definition;
  const spec = withOurNames(() => toJobSpecInput(toHodeiJob(definition, providers), defaultImages));
  const labels = { ...spec.labels, ...(askedBy === '' ? {} : { queued_by: askedBy }) };
  const complete: JobSpecInput = {
    ...spec,
    labels,
    placement: {
      ...spec.placement,
      ...(strategy === undefined ? {} : { strategy }),
      ...(scheduling?.preemption_allowed === true ? { interruptible: true } : {}),
    },
    limits: { ...spec.limits, ...queueLimit(scheduling, spec, clock.nowMs()) },
    ...inputsOf(inputs),
  };
  const problems = specProblems(complete);
  if (problems.length > 0) {
    throw invalid(problems.map(({ pointer, detail }) => ({ pointer: theirName(pointer), detail })));
  }
  return complete;
}

function toHodeiJob(definition: JobDefinition, providers: SpecDeps['providers']): HodeiJob {
  const { requirements, scheduling } = definition;
  if (Object.keys(requirements?.custom ?? {}).length > 0) {
    throw wrong(
      '/requirements/custom',
      'must be empty: no worker is chosen by it; use required_labels',
    );
  }
  return {
    command: commandOf(definition.command),
    name: text(definition.name),
    image: text(definition.image),
    env: map(definition.env),
    secrets: map(definition.secrets),
    workingDir: text(definition.working_dir),
    stdin: text(definition.stdin),
    cpuCores: number(requirements?.cpu_cores),
    memoryBytes: number(requirements?.memory_bytes),
    diskBytes: number(requirements?.disk_bytes),
    gpuCount: number(requirements?.gpu_count),
    gpuTypes: requirements?.gpu_types,
    architecture: text(requirements?.architecture),
    timeoutMs: number(definition.timeout_ms),
    priority: text(scheduling?.priority),
    allowRetry: definition.allow_retry,
    maxAttempts: definition.max_attempts,
    provider: providerNamed(scheduling?.preferred_provider, providers),
    region: text(scheduling?.preferred_region),
    requiredLabels: map(scheduling?.required_labels),
    labels: map(definition.labels),
    correlationId: text(definition.correlation_id),
    price: definition.price === null ? undefined : priceOf(definition.price),
  };
}

/** Throws PROVIDER_NOT_FOUND. */
function providerNamed(word: string | undefined, providers: SpecDeps['providers']) {
  const place = placeOf(text(word));
  return place === null ? undefined : findProvider({ providers }, place).name;
}

/** proto3 has no absence for these: what is empty was not given. */
const text = (value: string | undefined) => (value === '' ? undefined : value);
const number = (value: number | undefined) => (value === 0 ? undefined : value);
const map = (value: Record<string, string> = {}) =>
  Object.keys(value).length === 0 ? undefined : value;

function commandOf(command: CommandSpec | null): HodeiCommand {
  const { shell, script } = command ?? {};
  if (script) return { kind: 'script', ...script };
  if (shell && shell.cmd !== '') return { kind: 'shell', ...shell };
  throw wrong('/command', 'needs a shell command or a script');
}

function priceOf({ amount, asset }: { amount: string; asset: string }): HodeiJob['price'] {
  const known = assets.find((one) => one === asset);
  if (known === undefined) throw wrong('/price/asset', `must be one of ${assets.join(', ')}`);
  return { kind: 'fixed', reward: { amount, asset: known } };
}

/** A job that can't end in time any more is not begun. */
function queueLimit(
  scheduling: SchedulingInfo | null,
  { limits }: JobSpecInput,
  nowMs: number,
): { queueSec?: number } {
  const deadlineMs = fromProtoTime(scheduling?.deadline ?? null);
  if (deadlineMs === null) return {};
  const runSec = limits?.runSec ?? 0;
  const queueSec = Math.floor((deadlineMs - nowMs) / 1_000) - runSec;
  if (queueSec >= 1) return { queueSec };
  const detail = `leaves no time for a run of ${runSec} s; set a later one, or a lower timeout_ms`;
  throw wrong('/scheduling/deadline', detail);
}

function inputsOf(inputs: Record<string, string>): Pick<JobSpecInput, 'inputs'> {
  const entries = Object.entries(inputs);
  if (entries.length === 0) return {};
  return {
    inputs: entries.map(([url, path]) => ({ path, source: { kind: 'url' as const, url } })),
  };
}

/** What both transports of Hodei share names the fields of its REST. */
function withOurNames<Result>(map: () => Result): Result {
  try {
    return map();
  } catch (error) {
    if (!(error instanceof MarketError) || error.context.errors === undefined) throw error;
    throw invalid(
      error.context.errors.map(({ pointer, detail }) => ({
        pointer: pointer.replace(/^\/spec/, `/${field}`),
        detail,
      })),
    );
  }
}

/** Where a part of our spec stands in theirs. */
const theirNames: readonly (readonly [ours: RegExp, theirs: string])[] = [
  [/^\/workload\/workdir/, '/working_dir'],
  [/^\/workload\/code/, '/command/script/content'],
  [/^\/workload\/(entrypoint|command)/, '/command/shell'],
  [/^\/workload/, ''],
  [/^\/resources\/cpus/, '/requirements/cpu_cores'],
  [/^\/resources\/memoryBytes/, '/requirements/memory_bytes'],
  [/^\/resources\/diskBytes/, '/requirements/disk_bytes'],
  [/^\/resources\/gpus\/models/, '/requirements/gpu_types'],
  [/^\/resources\/gpus\/count/, '/requirements/gpu_count'],
  [/^\/placement\/regions.*/, '/scheduling/preferred_region'],
  [/^\/placement\/labels/, '/scheduling/required_labels'],
  [/^\/limits\/runSec/, '/timeout_ms'],
  [/^\/limits\/queueSec/, '/scheduling/deadline'],
  [/^\/retry\/attemptsMax/, '/max_attempts'],
  [/^\/price\/reward/, '/price'],
];

function theirName(pointer: string): string {
  const [ours, theirs] = theirNames.find(([pattern]) => pattern.test(pointer)) ?? [/^/, ''];
  return `/${field}${pointer.replace(ours, theirs)}`;
}

function wrong(pointer: string, detail: string): MarketError {
  return invalid([{ pointer: `/${field}${pointer}`, detail }]);
}
