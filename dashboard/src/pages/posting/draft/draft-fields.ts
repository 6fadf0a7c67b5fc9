import { emptyDraft, type JobDraft } from './job-draft.ts';

export type DraftField = keyof JobDraft;

/** Where in the spec each field is; the longest one that fits a problem's pointer is its field. */
export const fieldPointers = {
  name: '/name',
  labels: '/labels',
  priority: '/priority',
  kind: '/workload',
  language: '/workload/language',
  code: '/workload/code',
  scriptInput: '/workload/input',
  command: '/workload/command',
  entrypoint: '/workload/entrypoint',
  workdir: '/workload/workdir',
  stdin: '/workload/stdin',
  image: '/workload/image',
  env: '/workload/env',
  secrets: '/secrets',
  inputs: '/inputs',
  outputs: '/outputs',
  hosts: '/network',
  gpuCount: '/resources/gpus',
  gpuVendor: '/resources/gpus/vendor',
  gpuModels: '/resources/gpus/models',
  gpuMemory: '/resources/gpus/memoryBytesMin',
  gpuCapability: '/resources/gpus/computeCapabilityMin',
  gpuFramework: '/resources/gpus/framework',
  cpus: '/resources/cpus',
  memory: '/resources/memoryBytes',
  disk: '/resources/diskBytes',
  shm: '/resources/shmBytes',
  arch: '/resources/arch',
  runSec: '/limits/runSec',
  queueSec: '/limits/queueSec',
  pullSec: '/limits/pullSec',
  progressSec: '/limits/progressSec',
  logSize: '/limits/logBytes',
  interruptible: '/placement/interruptible',
  providers: '/placement/providers',
  providersBlocked: '/placement/providersBlocked',
  agents: '/placement/agents',
  agentsBlocked: '/placement/agentsBlocked',
  regions: '/placement/regions',
  placementLabels: '/placement/labels',
  strategy: '/placement/strategy',
  isolationMin: '/placement/isolationMin',
  attemptsMax: '/retry/attemptsMax',
  retryOn: '/retry/on',
  after: '/after',
  cacheSec: '/cache',
  reward: '/price/reward',
  bid: '/price/bidPerGpuHour',
  cap: '/price/cap',
  priceKind: '/price',
} as const satisfies Partial<Record<DraftField, string>>;

export type PointedField = keyof typeof fieldPointers;

const bySpecificity = (Object.entries(fieldPointers) as [PointedField, string][]).toSorted(
  ([, one], [, other]) => other.length - one.length,
);

/** The field that a problem's JSON pointer is about; null when the form has none for it. */
export function fieldOfPointer(pointer: string): PointedField | null {
  const inSpec = pointer.replace(/^\/(changes|overrides)(?=\/)/, '');
  const found = bySpecificity.find(
    ([, prefix]) => inSpec === prefix || inSpec.startsWith(`${prefix}/`),
  );
  return found?.[0] ?? null;
}

/** What the simple form leaves out. */
export const advancedFields: readonly DraftField[] = [
  'labels',
  'scriptInput',
  'entrypoint',
  'workdir',
  'stdin',
  'inputs',
  'outputs',
  'outputsKept',
  'hosts',
  'gpuVendor',
  'gpuMemory',
  'gpuCapability',
  'gpuFramework',
  'shm',
  'queueSec',
  'pullSec',
  'progressSec',
  'logSize',
  'providersBlocked',
  'agents',
  'agentsBlocked',
  'placementLabels',
  'strategy',
  'isolationMin',
  'retryOn',
  'after',
  'cacheSec',
  'cacheAnyTag',
];

/** How many fields the simple form doesn't show have something in them. */
export function countAdvanced(draft: JobDraft): number {
  return advancedFields.filter(
    (field) => JSON.stringify(draft[field]) !== JSON.stringify(emptyDraft[field]),
  ).length;
}
