import { createMessageValidator } from '@node3/shared/http/request-validator';
import type { ProviderCapabilities, ProviderStatus } from '@node3/shared/provider';
import { NewProvider, type Provider, ProviderChange } from '@node3/shared/routes/providers';
import { secondsOf } from '../domain/hodei-words.ts';
import { invalid } from '../services/check-template.ts';
import { toProtoTime } from './proto-time.ts';

/** What registering and updating a provider have in common, as it is read. */
export interface ProviderFields {
  provider_type?: string;
  description?: string;
  endpoint?: string;
  capabilities: Capabilities | null;
  labels: Record<string, string>;
  tags: string[];
  priority?: number;
  max_workers?: number;
  credentials: Record<string, string>;
}

interface Capabilities {
  max_cpu_cores?: number;
  max_memory_bytes?: number;
  max_disk_bytes?: number;
  max_gpu_count?: number;
  gpu_support?: boolean;
  gpu_types: string[];
  architectures: string[];
  runtimes: string[];
  regions: string[];
  max_execution_time_ms?: number;
}

const newProblems = createMessageValidator(NewProvider);
const changeProblems = createMessageValidator(ProviderChange);

/** Throws REQUEST_INVALID with the names of the proto file, as REST does with its own. */
export function readNewProvider(fields: ProviderFields & { name: string }): NewProvider {
  const provider = { name: fields.name, ...readFields(fields) };
  check(newProblems(provider));
  return provider as NewProvider;
}

/** The same for what is given of a provider that is there. */
export function readChange(fields: ProviderFields): ProviderChange {
  const change = readFields(fields);
  check(changeProblems(change));
  return change as ProviderChange;
}

function readFields(fields: ProviderFields) {
  const { provider_type: kind, description, endpoint, capabilities, priority } = fields;
  const { labels, tags, credentials, max_workers: workersMax } = fields;
  return {
    ...(kind !== undefined && { kind }),
    ...(description !== undefined && description !== '' && { description }),
    ...(endpoint !== undefined && endpoint !== '' && { endpoint }),
    ...(capabilities !== null && { capabilities: readCapabilities(capabilities) }),
    ...(Object.keys(labels).length > 0 && { labels }),
    ...(tags.length > 0 && { tags }),
    ...(priority !== undefined && { priority }),
    ...(workersMax !== undefined && { workersMax }),
    ...(Object.keys(credentials).length > 0 && { credentials }),
  };
}

const ourArch: Record<string, string> = { x86_64: 'x64', amd64: 'x64', aarch64: 'arm64' };

function readCapabilities(given: Capabilities) {
  const words = (name: string, values: string[]) => (values.length > 0 ? { [name]: values } : {});
  const runMs = given.max_execution_time_ms;
  const numbers = {
    cpusMax: given.max_cpu_cores,
    memoryBytesMax: given.max_memory_bytes,
    diskBytesMax: given.max_disk_bytes,
    gpusMax: given.max_gpu_count,
    gpuSupport: given.gpu_support,
    runSecMax: runMs === undefined ? undefined : secondsOf(runMs),
  };
  const known = Object.entries(numbers).filter(([, value]) => value !== undefined);
  return {
    ...Object.fromEntries(known),
    ...words('gpuTypes', given.gpu_types),
    ...words(
      'architectures',
      given.architectures.map((word) => ourArch[word] ?? word),
    ),
    ...words('runtimes', given.runtimes),
    ...words('regions', given.regions),
  };
}

const theirNames: Record<string, string> = {
  kind: 'provider_type',
  workersMax: 'max_workers',
  cpusMax: 'max_cpu_cores',
  memoryBytesMax: 'max_memory_bytes',
  diskBytesMax: 'max_disk_bytes',
  gpusMax: 'max_gpu_count',
  gpuSupport: 'gpu_support',
  gpuTypes: 'gpu_types',
  runSecMax: 'max_execution_time_ms',
};

function check(problems: ReturnType<typeof newProblems>): void {
  if (problems.length === 0) return;
  throw invalid(
    problems.map(({ pointer, detail }) => ({
      pointer: pointer.replaceAll(/[^/]+/g, (part) => theirNames[part] ?? part),
      detail,
    })),
  );
}

export function statusWord(status: ProviderStatus): string {
  return `PROVIDER_STATUS_${status.toUpperCase()}`;
}

export function viewProvider(provider: Provider): object {
  const { workers, workersMax } = provider;
  return {
    provider_id: provider.providerId,
    name: provider.name,
    provider_type: provider.kind,
    status: statusWord(provider.status),
    status_reason: provider.statusReason,
    description: provider.description ?? '',
    endpoint: provider.endpoint ?? '',
    capabilities: viewCapabilities(provider.capabilities),
    labels: provider.labels,
    tags: provider.tags,
    priority: provider.priority,
    ...(workersMax !== null && { max_workers: workersMax }),
    workers_registered: workers.registered,
    workers_online: workers.online,
    slots: workers.slots,
    busy_slots: workers.busySlots,
    created_at: toProtoTime(Date.parse(provider.createdAt)),
    updated_at: toProtoTime(Date.parse(provider.changedAt)),
  };
}

function viewCapabilities(capabilities: ProviderCapabilities): object {
  const { runSecMax, architectures = [] } = capabilities;
  return {
    max_cpu_cores: capabilities.cpusMax,
    max_memory_bytes: capabilities.memoryBytesMax,
    max_disk_bytes: capabilities.diskBytesMax,
    max_gpu_count: capabilities.gpusMax,
    gpu_support: capabilities.gpuSupport,
    gpu_types: capabilities.gpuTypes,
    architectures: architectures.map((word) => (word === 'x64' ? 'x86_64' : word)),
    runtimes: capabilities.runtimes,
    regions: capabilities.regions,
    max_execution_time_ms: runSecMax === undefined ? undefined : runSecMax * 1_000,
  };
}
