import type { RetryCause } from '@node3/shared/job-lifecycle';
import type {
  GpuFramework,
  GpuVendor,
  IsolationLevel,
  Language,
  PlacementStrategy,
  Priority,
  SecretForm,
} from '@node3/shared/job-spec';
import { limits } from '@node3/shared/limits';
import type { Asset } from '@node3/shared/money';
import { starterOf } from './starter-examples.ts';

/** A name with a value, such as a label. `key` tells the rows of a list apart on the page. */
export interface PairRow {
  key: string;
  name: string;
  value: string;
}

/** `kept`: the marketplace has a value, sealed, that stays unless another one is written. */
export interface SecretRow extends PairRow {
  as: SecretForm;
  kept: boolean;
}

export interface InputRow {
  key: string;
  path: string;
  unpack: boolean;
  source: 'artifact' | 'url' | 'inline';
  artifactId: string;
  url: string;
  sha256: string;
  sizeMax: string;
  contentBase64: string;
}

export interface OutputRow {
  key: string;
  path: string;
  required: boolean;
}

export interface AfterRow {
  key: string;
  jobId: string;
  condition: 'succeeded' | 'ended';
}

/** What the form holds: text as it was typed. An empty text leaves the marketplace its default. */
export interface JobDraft {
  name: string;
  labels: PairRow[];
  priority: Priority;

  kind: 'script' | 'container';
  language: Language;
  code: string;
  scriptInput: string;
  command: string;
  entrypoint: string;
  workdir: string;
  stdin: string;

  image: string;
  env: PairRow[];
  secrets: SecretRow[];
  inputs: InputRow[];
  outputsKept: 'all' | 'none' | 'listed';
  outputs: OutputRow[];
  hosts: string[];

  gpuCount: string;
  gpuVendor: GpuVendor | '';
  gpuModels: string[];
  gpuMemory: string;
  gpuCapability: string;
  gpuFramework: GpuFramework | '';
  cpus: string;
  memory: string;
  disk: string;
  shm: string;
  arch: 'x64' | 'arm64' | '';
  runSec: string;
  queueSec: string;
  pullSec: string;
  progressSec: string;
  logSize: string;

  interruptible: boolean;
  providers: string[];
  providersBlocked: string[];
  agents: string[];
  agentsBlocked: string[];
  regions: string[];
  placementLabels: PairRow[];
  strategy: PlacementStrategy;
  isolationMin: IsolationLevel;
  attemptsMax: string;
  /** null: after every cause that may be retried. */
  retryOn: RetryCause[] | null;
  after: AfterRow[];
  cacheSec: string;
  cacheAnyTag: boolean;

  priceKind: 'fixed' | 'metered';
  reward: string;
  bid: string;
  cap: string;
  asset: Asset;
}

export const emptyDraft: JobDraft = {
  name: '',
  labels: [],
  priority: 'normal',
  kind: 'script',
  language: 'python',
  code: starterOf('python'),
  scriptInput: '',
  command: '',
  entrypoint: '',
  workdir: '',
  stdin: '',
  image: '',
  env: [],
  secrets: [],
  inputs: [],
  outputsKept: 'all',
  outputs: [],
  hosts: [],
  gpuCount: '0',
  gpuVendor: '',
  gpuModels: [],
  gpuMemory: '',
  gpuCapability: '',
  gpuFramework: '',
  cpus: '',
  memory: '',
  disk: '',
  shm: '',
  arch: '',
  runSec: String(limits.runSecDefault),
  queueSec: '',
  pullSec: '',
  progressSec: '',
  logSize: '',
  interruptible: false,
  providers: [],
  providersBlocked: [],
  agents: [],
  agentsBlocked: [],
  regions: [],
  placementLabels: [],
  strategy: 'score',
  isolationMin: 'container',
  attemptsMax: '',
  retryOn: null,
  after: [],
  cacheSec: '',
  cacheAnyTag: false,
  priceKind: 'fixed',
  reward: '0.001',
  bid: '',
  cap: '',
  asset: 'SOL',
};

let rowsMade = 0;

/** Tells rows of this page apart; it means nothing anywhere else. */
export function newRowKey(): string {
  rowsMade += 1;
  return String(rowsMade);
}
