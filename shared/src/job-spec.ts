import { type Static, Type } from 'typebox';
import { egressHostPattern } from './egress-hosts.ts';
import { Inputs, type JobInput, type JobOutput, Outputs } from './job-files.ts';
import {
  After,
  Cache,
  completeLifecycle,
  type LifecycleSpec,
  Retry,
  RunLimits,
} from './job-lifecycle.ts';
import { limits } from './limits.ts';
import type { Money } from './money.ts';
import { MoneySchema, oneOf, strictObject, taggedUnion, WalletAddress } from './schema.ts';
import { secretMask } from './secret-mask.ts';

/** What a requester asks for. `JobSpecInput` is what is sent; `JobSpec` has every default filled in. */

export const priorities = ['low', 'normal', 'high', 'urgent'] as const;
export type Priority = (typeof priorities)[number];

export const languages = ['python', 'javascript', 'typescript', 'bash'] as const;
export type Language = (typeof languages)[number];

/** Weakest to strongest. A job is matched only to agents at its level or above. */
export const isolationLevels = ['native', 'container', 'sandbox', 'vm'] as const;
export type IsolationLevel = (typeof isolationLevels)[number];

export const gpuVendors = ['nvidia', 'amd', 'apple', 'intel'] as const;
export type GpuVendor = (typeof gpuVendors)[number];

/** What programs are written against; each maker's own one comes with its driver. */
export const gpuFrameworks = ['cuda', 'rocm', 'metal', 'oneapi'] as const;
export type GpuFramework = (typeof gpuFrameworks)[number];

/** How one of several agents that could run a job is chosen: see `domain/placement-strategy.ts`. */
export const placementStrategies = [
  'score',
  'cheapest',
  'fastest',
  'least_loaded',
  'round_robin',
  'affinity',
] as const;
export type PlacementStrategy = (typeof placementStrategies)[number];

/** Where a machine stands, in the provider's words, widest part first: `eu` holds `eu-west-1`. */
export const Region = Type.String({ pattern: '^[a-z0-9]{1,16}(-[a-z0-9]{1,16}){0,3}$' });

export const LabelName = (options: { description?: string } = {}) =>
  Type.String({ pattern: '^[a-zA-Z0-9][a-zA-Z0-9._/-]{0,62}$', ...options });

/** Names with values, on jobs and on agents. */
export const Labels = Type.Record(LabelName(), Type.String({ maxLength: 256 }), {
  maxProperties: limits.labels,
  additionalProperties: false,
});

export const Environment = Type.Record(
  Type.String({ pattern: '^[A-Za-z_][A-Za-z0-9_]{0,127}$' }),
  Type.String({ maxLength: limits.environmentValueBytes }),
  { maxProperties: limits.environmentVariables, additionalProperties: false },
);

export const CommandParts = Type.Array(Type.String({ maxLength: limits.commandPartBytes }), {
  minItems: 1,
  maxItems: limits.commandParts,
});

export const Image = Type.String({
  minLength: 1,
  maxLength: 512,
  pattern: '^[a-z0-9][a-zA-Z0-9._/:@-]*$',
  description: 'Container image, best pinned by digest; the marketplace has a default',
});

export const ContainerWorkload = strictObject({
  kind: Type.Literal('container'),
  image: Type.Optional(Image),
  command: Type.Optional(CommandParts),
  entrypoint: Type.Optional(CommandParts),
  workdir: Type.Optional(Type.String({ pattern: '^/', maxLength: 1024 })),
  env: Type.Optional(Environment),
  stdin: Type.Optional(Type.String({ maxLength: limits.stdinBytes })),
});

export const ScriptWorkload = strictObject({
  kind: Type.Literal('script'),
  language: oneOf(languages),
  code: Type.String({ minLength: 1, maxLength: limits.codeBytesMax }),
  image: Type.Optional(Image),
  env: Type.Optional(Environment),
  input: Type.Optional(Type.Unknown({ description: 'Any JSON; the script reads it as a file' })),
});

export const Gpus = strictObject({
  count: Type.Integer({ minimum: 1, maximum: limits.gpusPerJob }),
  vendor: Type.Optional(oneOf(gpuVendors)),
  models: Type.Optional(
    Type.Array(
      Type.String({
        minLength: 1,
        maxLength: 64,
        description: 'Model or family, such as rtx-4090 or a100',
      }),
      { minItems: 1, maxItems: 16 },
    ),
  ),
  memoryBytesMin: Type.Optional(Type.Integer({ minimum: 1, maximum: limits.memoryBytesMax })),
  computeCapabilityMin: Type.Optional(Type.String({ pattern: '^[0-9]{1,2}\\.[0-9]$' })),
  framework: Type.Optional(oneOf(gpuFrameworks)),
});

const Resources = strictObject({
  gpus: Type.Optional(Gpus),
  cpus: Type.Optional(Type.Number({ minimum: 0.1, maximum: limits.cpusMax })),
  memoryBytes: Type.Optional(
    Type.Integer({ minimum: limits.memoryBytesMin, maximum: limits.memoryBytesMax }),
  ),
  diskBytes: Type.Optional(
    Type.Integer({ minimum: limits.diskBytesMin, maximum: limits.diskBytesMax }),
  ),
  shmBytes: Type.Optional(Type.Integer({ minimum: 0, maximum: limits.shmBytesMax })),
  arch: Type.Optional(oneOf(['x64', 'arm64'])),
});

/** Who may: an empty list would be nobody. */
const allowed = { minItems: 1, maxItems: limits.placementListed };
const blocked = { maxItems: limits.placementListed };
const AgentId = Type.String({ maxLength: 64 });

const Placement = strictObject({
  regions: Type.Optional(Type.Array(Region, allowed)),
  agents: Type.Optional(Type.Array(AgentId, allowed)),
  agentsBlocked: Type.Optional(Type.Array(AgentId, blocked)),
  providers: Type.Optional(Type.Array(WalletAddress, allowed)),
  providersBlocked: Type.Optional(Type.Array(WalletAddress, blocked)),
  labels: Type.Optional(Labels),
  strategy: Type.Optional(oneOf(placementStrategies)),
  isolationMin: Type.Optional(oneOf(isolationLevels)),
  interruptible: Type.Optional(
    Type.Boolean({
      description: 'May be stopped and queued again when a job that may not be finds no free agent',
    }),
  ),
});

const EgressHost = Type.String({ pattern: egressHostPattern, maxLength: 253 });

/** Hosts that a job reaches through the provider's proxy, by HTTP and TLS on their own ports. */
const Egress = strictObject({
  kind: Type.Literal('egress'),
  hosts: Type.Array(EgressHost, { minItems: 1, maxItems: limits.egressHosts }),
});
export type Egress = Static<typeof Egress>;

const NoNetwork = strictObject({ kind: Type.Literal('none') });

/** What a job reaches; without it nothing. */
const Network = taggedUnion('kind', [NoNetwork, Egress]);

const FixedPrice = strictObject({
  kind: Type.Literal('fixed'),
  reward: MoneySchema,
});

const MeteredPrice = strictObject({
  kind: Type.Literal('metered'),
  bidPerGpuHour: Type.Unsafe<Money>({
    ...MoneySchema,
    description:
      'The most one hour on one GPU may cost. A job without GPUs is priced per hour of its run',
  }),
  cap: Type.Unsafe<Money>({
    ...MoneySchema,
    description: 'The most the run may cost, without the fee; the run is stopped there',
  }),
});

export const Price = taggedUnion('kind', [FixedPrice, MeteredPrice]);
export type Price = Static<typeof Price>;

/** How a program gets a secret: as the file /run/secrets/<name>, or in its environment. */
export const secretForms = ['file', 'env'] as const;
export type SecretForm = (typeof secretForms)[number];

export const Secrets = Type.Record(
  Type.String({ pattern: '^[A-Za-z_][A-Za-z0-9_]{0,127}$' }),
  strictObject({
    value: Type.String({ minLength: limits.secretChars, maxLength: limits.secretValueChars }),
    as: Type.Optional(oneOf(secretForms)),
  }),
  {
    maxProperties: limits.secretsPerJob,
    additionalProperties: false,
    description: 'Never shown again: stored sealed, files below /run/secrets, masked in logs',
  },
);

export const JobSpecInput = strictObject({
  name: Type.Optional(Type.String({ minLength: 1, maxLength: 128 })),
  labels: Type.Optional(Labels),
  priority: Type.Optional(oneOf(priorities)),
  workload: taggedUnion('kind', [ContainerWorkload, ScriptWorkload]),
  inputs: Type.Optional(Inputs),
  outputs: Type.Optional(Outputs),
  secrets: Type.Optional(Secrets),
  resources: Type.Optional(Resources),
  placement: Type.Optional(Placement),
  network: Type.Optional(Network),
  limits: Type.Optional(RunLimits),
  retry: Type.Optional(Retry),
  after: Type.Optional(After),
  cache: Type.Optional(Cache),
  price: Price,
});
export type JobSpecInput = Static<typeof JobSpecInput>;
export type Workload = JobSpecInput['workload'];
export type GpuRequirement = Static<typeof Gpus>;

/** Where a job may run: null allows everything, an empty list blocks nobody. */
export interface JobPlacement {
  regions: string[] | null;
  agents: string[] | null;
  agentsBlocked: string[];
  providers: string[] | null;
  providersBlocked: string[];
  labels: Record<string, string>;
  strategy: PlacementStrategy;
  isolationMin: IsolationLevel;
  interruptible: boolean;
}

/** What a spec means that says nothing, such as one that was stored before a field was known. */
export const placementDefaults: JobPlacement = {
  regions: null,
  agents: null,
  agentsBlocked: [],
  providers: null,
  providersBlocked: [],
  labels: {},
  strategy: 'score',
  isolationMin: 'container',
  interruptible: false,
};

/** The spec a job keeps for its whole life: nothing left to a default that could change later. */
export interface JobSpec extends LifecycleSpec {
  name: string | null;
  labels: Record<string, string>;
  priority: Priority;
  workload: Workload & { image: string };
  inputs: JobInput[];
  /** What is kept of /output; null is everything. */
  outputs: JobOutput[] | null;
  resources: {
    gpus: GpuRequirement | null;
    cpus: number;
    memoryBytes: number;
    diskBytes: number;
    shmBytes: number;
    arch: 'x64' | 'arm64' | null;
  };
  placement: JobPlacement;
  /** Absent for none. */
  network?: Egress;
  price: Price;
  /** Names of the secrets that were declared, and how the program gets each. Absent for none. */
  secrets?: Record<string, SecretForm>;
  /**
   * Environment values that are secret, sealed by the marketplace; the values of the workload have a
   * mask in their place. Only the offer has them, sealed again for its agent alone.
   */
  sealedEnv?: Record<string, string>;
  /** The same for files, by name. */
  sealedFiles?: Record<string, string>;
  /** Values that are only parts of those: a log shows none of them either. */
  sealedParts?: string[];
  /** The template, snippet, schedule or flow that made the job. */
  origin?: JobOrigin;
}

export interface JobOrigin {
  /** The span of the request that posted it; absent while tracing is off. */
  traceparent?: string;
  template?: { templateId: string; version: number };
  snippet?: { snippetId: string; version: number };
  /** `dueAt` is the time in the schedule, not that of the posting. */
  schedule?: { scheduleId: string; dueAt: string };
  /** The step of a flow's run that posted it. */
  flow?: { runId: string; nodeId: string };
}

/** The image name that means: no image, the command runs on the provider's own system. */
export const nativeImage = 'native';

/** Which image runs a workload that names none. Set by the operator, fixed into the job when it is posted. */
export interface DefaultImages {
  container: string;
  python: string;
  javascript: string;
  typescript: string;
  bash: string;
}

export function completeJobSpec(input: JobSpecInput, images: DefaultImages): JobSpec {
  const { workload, resources = {}, placement = {} } = input;
  const isNative = placement.isolationMin === 'native';
  const usualImage = workload.kind === 'script' ? images[workload.language] : images.container;
  const defaultImage = isNative ? nativeImage : usualImage;
  return {
    name: input.name ?? null,
    labels: input.labels ?? {},
    priority: input.priority ?? 'normal',
    workload: { ...withMasks(workload, input.secrets), image: workload.image ?? defaultImage },
    inputs: input.inputs ?? [],
    outputs: input.outputs ?? null,
    ...namesOfSecrets(input.secrets),
    resources: {
      gpus: resources.gpus ?? null,
      cpus: resources.cpus ?? 1,
      memoryBytes: resources.memoryBytes ?? limits.memoryBytesDefault,
      diskBytes: resources.diskBytes ?? limits.diskBytesDefault,
      shmBytes: resources.shmBytes ?? limits.shmBytesDefault,
      arch: resources.arch ?? null,
    },
    placement: { ...placementDefaults, ...placement },
    ...(input.network?.kind === 'egress' ? { network: input.network } : {}),
    ...completeLifecycle(input),
    price: input.price,
  };
}

function namesOfSecrets(secrets: JobSpecInput['secrets'] = {}): Pick<JobSpec, 'secrets'> {
  const forms = Object.entries(secrets).map(([name, { as = 'file' }]) => [name, as] as const);
  return forms.length === 0 ? {} : { secrets: Object.fromEntries(forms) };
}

/** What of the environment is secret has a mask where everybody may look. */
function withMasks(workload: Workload, secrets: JobSpecInput['secrets'] = {}): Workload {
  const masked = Object.entries(secrets).filter(([, { as }]) => as === 'env');
  if (masked.length === 0) return workload;
  const masks = masked.map(([name]) => [name, secretMask] as const);
  return { ...workload, env: { ...workload.env, ...Object.fromEntries(masks) } };
}
