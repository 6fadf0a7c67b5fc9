import { type Device, Offer } from '@node3/shared/device';
import { MarketError } from '@node3/shared/error';
import { findModel, modelById } from '@node3/shared/gpu/normalise-model';
import { createMessageValidator } from '@node3/shared/http/request-validator';
import { type GpuVendor, gpuVendors, type IsolationLevel } from '@node3/shared/job-spec';
import { checkOffer } from '../../services/check-offer.ts';

/** hodei.WorkerInfo as it is read. */
export interface WorkerInfo {
  worker_id: string;
  name: string;
  version: string;
  architecture: string;
  capacity: WorkerCapacity | null;
  labels: Record<string, string>;
  runtimes: string[];
  region: string;
  max_concurrent_jobs: number;
  wallet_address: string;
}

interface WorkerCapacity {
  cpu_cores: number;
  memory_bytes: number;
  disk_bytes: number;
  gpu_count: number;
  gpu_types: string[];
  gpu_memory_bytes: number[];
}

const offerProblems = createMessageValidator(Offer);

/**
 * What a worker offers, in our words. It has no key for secrets, so it gets no job with any: nobody
 * would keep them out of its logs. Throws REQUEST_INVALID with the names of the proto file.
 */
export function toWorkerOffer(info: WorkerInfo): Offer {
  const { capacity } = info;
  if (capacity === null) throw wrong('capacity', 'is needed: what the worker has for jobs');
  const isolation = isolationOf(info.runtimes);
  const offer: Offer = {
    devices: devicesOf(capacity),
    isolation,
    nativeAllowed: isolation === 'native',
    arch: archOf(info.architecture),
    cpus: capacity.cpu_cores,
    memoryBytes: capacity.memory_bytes,
    diskBytes: capacity.disk_bytes,
    slots: info.max_concurrent_jobs === 0 ? 1 : info.max_concurrent_jobs,
    ...(info.region === '' ? {} : { region: info.region }),
    ...(Object.keys(info.labels).length === 0 ? {} : { labels: info.labels }),
  };
  const errors = offerProblems(offer).map(({ pointer, detail }) => ({
    pointer: theirName(pointer),
    detail,
  }));
  if (errors.length > 0) throw new MarketError('REQUEST_INVALID', { errors });
  checkOffer(offer);
  return offer;
}

/** How far each runtime keeps jobs apart from the machine and from each other. */
const isolationByRuntime: Record<string, IsolationLevel> = {
  docker: 'container',
  podman: 'container',
  containerd: 'container',
  gvisor: 'sandbox',
  kata: 'vm',
  firecracker: 'vm',
};
const weakestFirst: readonly IsolationLevel[] = ['native', 'container', 'sandbox', 'vm'];

/** The weakest of them: nobody knows which one a job will get. None of ours is no wall at all. */
function isolationOf(runtimes: readonly string[]): IsolationLevel {
  const known = runtimes.map((name) => isolationByRuntime[name.toLowerCase()] ?? 'native');
  return weakestFirst.find((level) => known.includes(level)) ?? 'native';
}

function archOf(architecture: string): 'x64' | 'arm64' {
  const word = architecture.toLowerCase();
  if (['x86_64', 'amd64', 'x64'].includes(word)) return 'x64';
  if (['arm64', 'aarch64'].includes(word)) return 'arm64';
  throw wrong('architecture', 'must be x86_64 or arm64');
}

function devicesOf({
  gpu_count: count,
  gpu_types: types,
  gpu_memory_bytes: memory,
}: WorkerCapacity) {
  if (count < types.length) throw wrong('capacity/gpu_count', 'must be the number of gpu_types');
  if (count > 0 && types.length === 0) {
    throw wrong('capacity/gpu_types', 'must name each GPU, as its driver does');
  }
  // One name may stand for several of a kind.
  return Array.from({ length: Math.min(count, 65) }, (_, index) =>
    toDevice(index, types[index] ?? types.at(-1) ?? '', memory[index] ?? 0),
  );
}

function toDevice(index: number, model: string, memory: number): Device {
  const memoryBytes = memory === 0 ? null : memory;
  const { modelId } = findModel({ name: model, memoryBytes, pciModel: null });
  const vendor = vendorOf(model, modelId);
  return {
    id: deviceId(index),
    vendor: vendor ?? 'simulated',
    model,
    modelId,
    memoryBytes,
    computeCapability: null,
    driverVersion: null,
    // A GPU of which nobody knows the maker may be none.
    simulated: vendor === null,
  };
}

/** PCI ids of makers, as the catalogue of models has them. */
const vendorByPci: Record<string, GpuVendor> = { '10de': 'nvidia', '1002': 'amd', '8086': 'intel' };

function vendorOf(model: string, modelId: string | null): GpuVendor | null {
  const named = gpuVendors.find((name) => model.toLowerCase().includes(name));
  if (named !== undefined) return named;
  const [pci = ''] = modelId === null ? [] : (modelById(modelId)?.pciModels ?? []);
  return vendorByPci[pci.split(':')[0] ?? ''] ?? null;
}

/** Workers number their GPUs from 0; ours have ids. */
export function deviceId(index: number): string {
  return `gpu-${index}`;
}

export function indexOfDevice(id: string): number {
  return Number(id.slice('gpu-'.length));
}

const theirNames: Record<string, string> = {
  cpus: 'capacity/cpu_cores',
  memoryBytes: 'capacity/memory_bytes',
  diskBytes: 'capacity/disk_bytes',
  slots: 'max_concurrent_jobs',
  devices: 'capacity/gpu_types',
};

function theirName(pointer: string): string {
  const [, part = '', ...rest] = pointer.split('/');
  return `/worker_info/${[theirNames[part] ?? part, ...rest].join('/')}`;
}

function wrong(field: string, detail: string): MarketError {
  const errors = [{ pointer: `/worker_info/${field}`, detail }];
  return new MarketError('REQUEST_INVALID', { errors });
}
