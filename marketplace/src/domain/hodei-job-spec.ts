import { MarketError } from '@node3/shared/error';
import {
  type DefaultImages,
  type JobSpecInput,
  type Language,
  type Price,
  type Priority,
} from '@node3/shared/job-spec';
import { limits } from '@node3/shared/limits';
import { bytesOf, secondsOf } from './hodei-words.ts';
import { providerLabel } from './provider-rules.ts';

/** What a Hodei client asks for, whichever way it came: REST and gRPC fill in the same. */
export interface HodeiJob {
  name?: string | undefined;
  command: HodeiCommand;
  image?: string | undefined;
  env?: Record<string, string> | undefined;
  /** Environment variables of which nobody sees the value again. */
  secrets?: Record<string, string> | undefined;
  workingDir?: string | undefined;
  stdin?: string | undefined;
  cpuCores?: number | undefined;
  memoryBytes?: number | undefined;
  diskBytes?: number | undefined;
  gpuCount?: number | undefined;
  gpuTypes?: string[] | undefined;
  /** `x86_64`, `arm64`, their other spellings, or `any`. */
  architecture?: string | undefined;
  timeoutMs?: number | undefined;
  priority?: string | undefined;
  allowRetry?: boolean | undefined;
  maxAttempts?: number | undefined;
  /** Name of a provider; the caller has looked up whether there is one. */
  provider?: string | undefined;
  region?: string | undefined;
  requiredLabels?: Record<string, string> | undefined;
  labels?: Record<string, string> | undefined;
  correlationId?: string | undefined;
  /** Hosts that it may reach, where not none. */
  egressHosts?: string[] | undefined;
  price?: Price | undefined;
}

export type HodeiCommand =
  | { kind: 'shell'; cmd: string; args: string[] }
  | { kind: 'script'; interpreter: string; content: string };

/** Where the correlation id of a client is kept. */
export const correlationLabel = 'hodei/correlation_id';

export const hodeiDefaults = {
  timeoutMs: 300_000,
  cpuCores: 1,
  memoryBytes: bytesOf(512),
  diskBytes: bytesOf(1_024),
  maxAttempts: 3,
  /** Hodei knows no prices: this is what the node3 seed pays where nothing is said. */
  price: { kind: 'fixed', reward: { amount: '0.001', asset: 'SOL' } },
} as const satisfies { price: Price } & Record<string, unknown>;

/** Throws REQUEST_INVALID, with pointers in the caller's own names. */
export function toJobSpecInput(job: HodeiJob, images: DefaultImages): JobSpecInput {
  const { env, secrets, egressHosts } = job;
  const labels = {
    ...job.labels,
    api: 'hodei',
    ...(job.correlationId === undefined ? {} : { [correlationLabel]: job.correlationId }),
  };
  const workload = workloadOf(job, images);
  return {
    ...(job.name === undefined ? {} : { name: job.name }),
    labels,
    priority: priorityOf(job.priority),
    workload: env === undefined ? workload : { ...workload, env },
    ...(secrets === undefined ? {} : { secrets: secretsOf(secrets) }),
    resources: resourcesOf(job),
    placement: placementOf(job),
    ...(egressHosts === undefined ? {} : { network: { kind: 'egress', hosts: egressHosts } }),
    limits: { runSec: secondsOf(job.timeoutMs ?? hodeiDefaults.timeoutMs) },
    retry: { attemptsMax: attemptsOf(job) },
    price: job.price ?? hodeiDefaults.price,
  };
}

type Workload = JobSpecInput['workload'];

function workloadOf(job: HodeiJob, images: DefaultImages): Workload {
  const { command, image, workingDir, stdin } = job;
  const named = image === undefined ? {} : { image };
  if (command.kind === 'script') {
    const { content } = command;
    const known = interpreterOf(command.interpreter);
    const { language } = known;
    // A script is a file of its own, but has neither input nor a folder to stand in.
    if (language !== null && workingDir === undefined && stdin === undefined) {
      return { kind: 'script', language, code: content, ...named };
    }
    const usual = language === null ? named : { image: image ?? images[language] };
    return inContainer(job, [...known.argv, content], usual);
  }
  // With arguments each is one word of the program; a line alone is for the shell, as in its form.
  const { cmd, args } = command;
  return inContainer(job, args.length === 0 ? ['/bin/sh', '-c', cmd] : [cmd, ...args], named);
}

/** An entrypoint of the image would take the program for its own argument. */
function inContainer(
  { workingDir, stdin }: HodeiJob,
  [program = '', ...args]: string[],
  named: { image?: string },
): Workload {
  return {
    kind: 'container',
    ...named,
    entrypoint: [program],
    command: args,
    ...(workingDir === undefined ? {} : { workdir: workingDir }),
    ...(stdin === undefined ? {} : { stdin }),
  };
}

interface Interpreter {
  /** Whose script it can be; null: no language of ours. */
  language: Language | null;
  /** Before the text of the program. */
  argv: string[];
}

/** Each by the names that it goes by. */
const interpreters: [names: string[], Interpreter][] = [
  [['python', 'python3'], { language: 'python', argv: ['python3', '-c'] }],
  [['node', 'nodejs', 'javascript'], { language: 'javascript', argv: ['node', '-e'] }],
  [
    ['typescript', 'ts'],
    { language: 'typescript', argv: ['node', '--experimental-strip-types', '-e'] },
  ],
  [['bash'], { language: 'bash', argv: ['bash', '-c'] }],
  [['sh'], { language: null, argv: ['sh', '-c'] }],
  [['perl'], { language: null, argv: ['perl', '-e'] }],
  [['ruby'], { language: null, argv: ['ruby', '-e'] }],
];

function interpreterOf(given: string): Interpreter {
  // As it stands behind `#!`: the last part of a path.
  const name = given.trim().split('/').at(-1)?.toLowerCase() ?? '';
  const known = interpreters.find(([names]) => names.includes(name));
  if (known !== undefined) return known[1];
  const names = interpreters.flatMap(([words]) => words).join(', ');
  const detail = `must be one of ${names}; run any other with a shell command`;
  throw refused('command/script/interpreter', detail);
}

/** Its forms say normal, its wire NORMAL or PRIORITY_NORMAL. */
function priorityOf(given: string = 'normal'): Priority {
  const word = given.toLowerCase().replace(/^priority_/, '');
  const known: Record<string, Priority> = {
    low: 'low',
    normal: 'normal',
    unspecified: 'normal',
    high: 'high',
    critical: 'urgent',
    urgent: 'urgent',
  };
  const priority = Object.hasOwn(known, word) ? known[word] : undefined;
  if (priority !== undefined) return priority;
  throw refused('priority', 'must be low, normal, high or critical');
}

function attemptsOf({ allowRetry = true, maxAttempts }: HodeiJob): number {
  if (!allowRetry) return 1;
  return Math.min(maxAttempts ?? hodeiDefaults.maxAttempts, limits.attemptsMax);
}

function resourcesOf(job: HodeiJob): NonNullable<JobSpecInput['resources']> {
  const { gpuCount = 0, gpuTypes = [] } = job;
  const arch = archOf(job.architecture);
  const count = gpuCount === 0 && gpuTypes.length > 0 ? 1 : gpuCount;
  const models = gpuTypes.length === 0 ? {} : { models: gpuTypes };
  return {
    cpus: job.cpuCores ?? hodeiDefaults.cpuCores,
    memoryBytes: job.memoryBytes ?? hodeiDefaults.memoryBytes,
    diskBytes: job.diskBytes ?? hodeiDefaults.diskBytes,
    ...(arch === null ? {} : { arch }),
    ...(count === 0 ? {} : { gpus: { count, ...models } }),
  };
}

function archOf(given: string = 'x86_64'): 'x64' | 'arm64' | null {
  const word = given.toLowerCase();
  if (['x86_64', 'amd64', 'x64'].includes(word)) return 'x64';
  if (['arm64', 'aarch64'].includes(word)) return 'arm64';
  if (word === 'any') return null;
  throw refused('architecture', 'must be x86_64, arm64 or any');
}

/** What a form says where somebody may choose: null is wherever. */
export function placeOf(word: string | undefined): string | null {
  return word === undefined || ['', 'any', 'auto'].includes(word.toLowerCase()) ? null : word;
}

function placementOf(job: HodeiJob): NonNullable<JobSpecInput['placement']> {
  const provider = placeOf(job.provider);
  const region = placeOf(job.region);
  const labels = {
    ...job.requiredLabels,
    ...(provider === null ? {} : { [providerLabel]: provider }),
  };
  return {
    ...(region === null ? {} : { regions: [region.toLowerCase()] }),
    ...(Object.keys(labels).length === 0 ? {} : { labels }),
  };
}

function secretsOf(values: Record<string, string>): NonNullable<JobSpecInput['secrets']> {
  const entries = Object.entries(values).map(
    ([name, value]) => [name, { value, as: 'env' }] as const,
  );
  return Object.fromEntries(entries);
}

function refused(field: string, detail: string): MarketError {
  return new MarketError('REQUEST_INVALID', { errors: [{ pointer: `/spec/${field}`, detail }] });
}
