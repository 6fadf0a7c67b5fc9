import type { JobInput } from '@node3/shared/job-files';
import type { JobSpecInput } from '@node3/shared/job-spec';
import { secretMask } from '@node3/shared/secret-mask';
import { shellQuote } from '../../../shell-command.ts';
import { exactSize } from './exact-size.ts';
import { emptyDraft, type InputRow, type JobDraft, newRowKey, type PairRow } from './job-draft.ts';

/** Fills the form with a spec. Of one that was stored, secrets are kept unless written anew. */
export function specToDraft(spec: Partial<JobSpecInput>): JobDraft {
  return {
    ...emptyDraft,
    name: spec.name ?? '',
    labels: pairRows(spec.labels),
    priority: spec.priority ?? emptyDraft.priority,
    ...workFields(spec),
    ...fileFields(spec),
    ...resourceFields(spec),
    ...placementFields(spec),
    ...lifecycleFields(spec),
    ...priceFields(spec),
  };
}

function pairRows(pairs: Record<string, string> = {}): PairRow[] {
  return Object.entries(pairs).map(([name, value]) => ({ key: newRowKey(), name, value }));
}

function text(value: number | undefined): string {
  return value === undefined ? '' : String(value);
}

function size(bytes: number | undefined): string {
  return bytes === undefined ? '' : exactSize(bytes);
}

function line(parts: readonly string[] | undefined): string {
  return parts === undefined ? '' : parts.map(shellQuote).join(' ');
}

function workFields({ workload }: Partial<JobSpecInput>): Partial<JobDraft> {
  if (workload === undefined) return {};
  const shared = { image: workload.image ?? '', env: pairRows(workload.env) };
  if (workload.kind === 'script') {
    const { language, code, input } = workload;
    const scriptInput = input === undefined ? '' : JSON.stringify(input, null, 2);
    return { kind: 'script', language, code, scriptInput, ...shared };
  }
  return {
    kind: 'container',
    command: line(workload.command),
    entrypoint: line(workload.entrypoint),
    workdir: workload.workdir ?? '',
    stdin: workload.stdin ?? '',
    ...shared,
  };
}

function fileFields({ inputs = [], outputs, secrets = {} }: Partial<JobSpecInput>) {
  return {
    inputs: inputs.map(inputRow),
    outputsKept: keptOutputs(outputs),
    outputs: (outputs ?? []).map(({ path, required = true }) => ({
      key: newRowKey(),
      path,
      required,
    })),
    secrets: Object.entries(secrets).map(([name, { value, as = 'file' as const }]) => {
      const kept = value === secretMask;
      return { key: newRowKey(), name, value: kept ? '' : value, as, kept };
    }),
  };
}

function keptOutputs(outputs: JobSpecInput['outputs']): JobDraft['outputsKept'] {
  if (outputs === undefined) return 'all';
  return outputs.length === 0 ? 'none' : 'listed';
}

function inputRow({ path, source, unpack = false }: JobInput): InputRow {
  return {
    key: newRowKey(),
    path,
    unpack,
    source: source.kind,
    artifactId: source.kind === 'artifact' ? source.artifactId : '',
    url: source.kind === 'url' ? source.url : '',
    sha256: source.kind === 'url' ? (source.sha256 ?? '') : '',
    sizeMax: source.kind === 'url' ? size(source.bytesMax) : '',
    contentBase64: source.kind === 'inline' ? source.contentBase64 : '',
  };
}

function resourceFields({ resources = {}, limits = {} }: Partial<JobSpecInput>) {
  const { gpus } = resources;
  return {
    gpuCount: String(gpus?.count ?? 0),
    gpuVendor: gpus?.vendor ?? ('' as const),
    gpuModels: gpus?.models ?? [],
    gpuMemory: size(gpus?.memoryBytesMin),
    gpuCapability: gpus?.computeCapabilityMin ?? '',
    gpuFramework: gpus?.framework ?? ('' as const),
    cpus: text(resources.cpus),
    memory: size(resources.memoryBytes),
    disk: size(resources.diskBytes),
    shm: size(resources.shmBytes),
    arch: resources.arch ?? ('' as const),
    runSec: limits.runSec === undefined ? emptyDraft.runSec : text(limits.runSec),
    queueSec: text(limits.queueSec),
    pullSec: text(limits.pullSec),
    progressSec: text(limits.progressSec),
    logSize: size(limits.logBytes),
  };
}

function placementFields({ placement = {}, network }: Partial<JobSpecInput>) {
  return {
    hosts: network?.kind === 'egress' ? network.hosts : [],
    interruptible: placement.interruptible ?? false,
    providers: placement.providers ?? [],
    providersBlocked: placement.providersBlocked ?? [],
    agents: placement.agents ?? [],
    agentsBlocked: placement.agentsBlocked ?? [],
    regions: placement.regions ?? [],
    placementLabels: pairRows(placement.labels),
    strategy: placement.strategy ?? emptyDraft.strategy,
    isolationMin: placement.isolationMin ?? emptyDraft.isolationMin,
  };
}

function lifecycleFields({ retry = {}, after = [], cache }: Partial<JobSpecInput>) {
  return {
    attemptsMax: text(retry.attemptsMax),
    retryOn: retry.on ?? null,
    after: after.map((dependency) => ({ key: newRowKey(), ...dependency })),
    cacheSec: text(cache?.maxAgeSec),
    cacheAnyTag: cache?.anyTag ?? false,
  };
}

function priceFields({ price }: Partial<JobSpecInput>): Partial<JobDraft> {
  if (price === undefined) return {};
  if (price.kind === 'fixed') {
    return { priceKind: 'fixed', reward: price.reward.amount, asset: price.reward.asset };
  }
  const { bidPerGpuHour, cap } = price;
  return { priceKind: 'metered', bid: bidPerGpuHour.amount, cap: cap.amount, asset: cap.asset };
}
