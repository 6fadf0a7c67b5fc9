import { MarketError } from '@node3/shared/error';
import type { DefaultImages, JobSpecInput } from '@node3/shared/job-spec';
import type { ProviderCapabilities } from '@node3/shared/provider';
import { providerKinds } from '@node3/shared/provider';
import type { HodeiJobBody } from '@node3/shared/routes/hodei';
import type {
  HodeiCapabilities,
  HodeiNewProvider,
  HodeiProvider,
} from '@node3/shared/routes/hodei-platform';
import type { NewProvider, Provider } from '@node3/shared/routes/providers';
import { type HodeiCommand, placeOf, toJobSpecInput } from '../../../domain/hodei-job-spec.ts';
import { bytesOf } from '../../../domain/hodei-words.ts';
import type { ProviderRegistry } from '../../../services/provider-registry.ts';

/** Between the bodies of Hodei's REST and ours; what both of its transports share is in `domain/`. */

/** Where the name that a client has given its job is kept. */
export const clientIdLabel = 'hodei/job_id';

export interface HodeiPosting {
  spec: HodeiJobBody;
  correlation_id?: string | null | undefined;
  job_id?: string | null | undefined;
}

/** Throws REQUEST_INVALID, with pointers into the body. */
export function readPosting(
  { spec, correlation_id: correlationId, job_id: clientId }: HodeiPosting,
  { images, providers }: { images: DefaultImages; providers: ProviderRegistry },
): JobSpecInput {
  const provider = providerOf(providers, spec.preferred_provider);
  const ownLabels = clientId == null ? {} : { [clientIdLabel]: clientId };
  return toJobSpecInput(
    {
      name: spec.name,
      command: commandOf(spec.command),
      image: spec.image,
      env: spec.env,
      secrets: spec.secrets,
      workingDir: spec.working_dir,
      stdin: spec.stdin,
      cpuCores: spec.cpu_cores,
      memoryBytes: sizeOf('memory', spec.memory_bytes, spec.memory_mb),
      diskBytes: sizeOf('disk', spec.disk_bytes, spec.storage_mb),
      gpuCount: spec.gpu_count,
      gpuTypes: spec.gpu_types,
      architecture: spec.architecture,
      timeoutMs: spec.timeout_ms,
      priority: spec.priority,
      allowRetry: spec.allow_retry,
      maxAttempts: spec.max_attempts,
      provider,
      region: spec.preferred_region,
      requiredLabels: spec.required_labels,
      labels: { ...spec.labels, ...ownLabels },
      correlationId: correlationId ?? undefined,
      egressHosts: spec.egress_hosts,
      price: spec.price,
    },
    images,
  );
}

function commandOf(command: HodeiJobBody['command']): HodeiCommand {
  if (Array.isArray(command)) {
    const [cmd = '', ...args] = command;
    return { kind: 'shell', cmd, args };
  }
  if ('script' in command) return { kind: 'script', ...command.script };
  return { kind: 'shell', cmd: command.shell.cmd, args: command.shell.args ?? [] };
}

function sizeOf(
  what: 'memory' | 'disk',
  bytes: number | undefined,
  megabytes: number | undefined,
): number | undefined {
  if (megabytes === undefined) return bytes;
  if (bytes === undefined) return bytesOf(megabytes);
  const field = what === 'memory' ? 'memory_mb' : 'storage_mb';
  throw invalid(`/spec/${field}`, `is there beside ${what}_bytes; give one of the two`);
}

/** The name of a provider that there is. With no other there is nothing to choose. */
function providerOf(providers: ProviderRegistry, given: string | undefined): string | undefined {
  const word = placeOf(given);
  if (word === null) return undefined;
  const found = providers.find(word);
  const all = providers.all();
  if (found !== null) return all.length === 1 ? undefined : found.name;
  const names = all.map(({ name }) => name).join(', ');
  throw invalid('/spec/preferred_provider', `is no provider; give one of ${names}, or Any`);
}

/** Kinds of Hodei in its words; what is none of ours is an own one, and keeps its word as a tag. */
export function readNewProvider(body: HodeiNewProvider): NewProvider {
  const { name, provider_type: type, capabilities, token, max_workers: workersMax } = body;
  const { description, endpoint, labels, tags, priority } = body;
  const word = type.toLowerCase().replace(/^k8s$/, 'kubernetes');
  const kind = providerKinds.find((known) => known === word) ?? 'custom';
  const kept = kind === 'custom' && word !== 'custom' ? [...(tags ?? []), word] : tags;
  return {
    name,
    kind,
    ...(description === undefined ? {} : { description }),
    ...(capabilities === undefined ? {} : { capabilities: readCapabilities(capabilities) }),
    ...(endpoint === undefined ? {} : { endpoint: endpointOf(endpoint) }),
    ...(token === undefined ? {} : { credentials: { token } }),
    ...(labels === undefined ? {} : { labels }),
    ...(kept === undefined ? {} : { tags: kept }),
    ...(priority === undefined ? {} : { priority }),
    ...(workersMax === undefined ? {} : { workersMax }),
  };
}

function endpointOf(endpoint: string): string {
  if (/^(https?|tcp|unix|ssh):\/\/[!-~]+$/.test(endpoint)) return endpoint;
  throw invalid('/endpoint', 'must begin with https://, http://, tcp://, unix:// or ssh://');
}

function readCapabilities(given: HodeiCapabilities): ProviderCapabilities {
  const { max_resources: most = {}, max_execution_time_ms: runMs } = given;
  const architectures = given.architectures?.map((word) =>
    word === 'arm64' || word === 'aarch64' ? ('arm64' as const) : ('x64' as const),
  );
  return dropMissing({
    cpusMax: most.max_cpu_cores,
    memoryBytesMax: most.max_memory_bytes,
    diskBytesMax: most.max_disk_bytes,
    gpusMax: most.max_gpu_count,
    gpuSupport: given.gpu_support,
    gpuTypes: given.gpu_types,
    architectures: architectures && [...new Set(architectures)],
    runtimes: given.runtimes,
    regions: given.regions,
    runSecMax: runMs === undefined ? undefined : Math.floor(runMs / 1_000),
  });
}

export function viewProvider(provider: Provider): HodeiProvider {
  const { capabilities, workers } = provider;
  const { runSecMax } = capabilities;
  const most = dropMissing({
    max_cpu_cores: capabilities.cpusMax,
    max_memory_bytes: capabilities.memoryBytesMax,
    max_disk_bytes: capabilities.diskBytesMax,
    max_gpu_count: capabilities.gpusMax,
  });
  return {
    id: provider.providerId,
    name: provider.name,
    provider_type: provider.kind,
    status: provider.status.toUpperCase() as HodeiProvider['status'],
    status_reason: provider.statusReason,
    description: provider.description,
    capabilities: dropMissing({
      max_resources: Object.keys(most).length === 0 ? undefined : most,
      gpu_support: capabilities.gpuSupport,
      gpu_types: capabilities.gpuTypes,
      architectures: capabilities.architectures?.map((arch) => (arch === 'x64' ? 'x86_64' : arch)),
      runtimes: capabilities.runtimes,
      regions: capabilities.regions,
      max_execution_time_ms: runSecMax === undefined ? undefined : runSecMax * 1_000,
    }),
    labels: provider.labels,
    tags: provider.tags,
    priority: provider.priority,
    max_workers: provider.workersMax,
    active_workers: workers.online,
    total_workers: workers.registered,
    utilization: workers.slots === 0 ? null : workers.busySlots / workers.slots,
    created_at: provider.createdAt,
    updated_at: provider.changedAt,
  };
}

type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function dropMissing<T extends object>(values: T): Given<T> {
  const given = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as Given<T>;
}

export function invalid(pointer: string, detail: string): MarketError {
  return new MarketError('REQUEST_INVALID', { errors: [{ pointer, detail }] });
}
