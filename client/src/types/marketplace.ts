import type { Money } from '../money.ts';
import type { PerAsset } from './account.ts';
import type { JobState } from './job-spec.ts';

/** The marketplace in numbers. */
export interface Overview {
  cluster: Cluster;
  /** Count per state. */
  jobs: Record<string, number>;
  agents: { online: number; offline: number };
  gpus: { registered: number; free: number; simulated: number };
  /** `oldestAgeSec` is null while the queue is empty. */
  queue: { depth: number; oldestAgeSec: number | null };
  escrow: PerAsset<Money>;
  paidOut: PerAsset<Money>;
  /** Count per state. */
  payouts: Record<string, number>;
  /** Whether a new agent needs a token of the operator. */
  registration: 'open' | 'token';
  /** The fee comes on top of the reward; 500 is 5 %. */
  feeBasisPoints: number;
  meanRewardOpen: PerAsset<Money | null>;
}

/** The Solana cluster that money is on; on `localnet` it is play money. */
export type Cluster = 'localnet' | 'devnet' | 'testnet' | 'mainnet-beta';

/** What anybody may see of a job: no code, no environment, no account. */
export interface PublicJob {
  jobId: string;
  state: JobState;
  workload: string;
  gpus: number;
  gpuModels: string[] | null;
  memoryBytesMin: number | null;
  vendor: string | null;
  framework: string | null;
  regions: string[] | null;
  isolationMin: string;
  /** That an agent has to have, not those of the job. */
  labels: Record<string, string>;
  reward: Money;
  bidPerGpuHour: Money | null;
  /** The bid, or the reward for an hour of a run that takes as long as it may. */
  perGpuHour: Money;
  runSec: number;
  requester: { conduct: ReputationAxis; commitment: ReputationAxis };
  createdAt: string;
}

/** A machine that takes jobs. */
export interface PublicAgent {
  agentId: string;
  name: string;
  status: 'online' | 'offline' | 'disabled';
  state: 'active' | 'draining' | 'paused' | 'disabled' | 'unregistered';
  isolation: string | null;
  /** null where the provider does not say. */
  region: string | null;
  devices: Device[];
  /** The least that is taken for an hour on each GPU; null takes anything. */
  deviceAsks: { deviceId: string; SOL: Money | null; USDC: Money | null }[];
  samples: DeviceSample[];
  /** Jobs at a time; null while the agent was never online. */
  slots: number | null;
  running: number;
  jobsSucceeded: number;
  jobsFailed: number;
  /** Moving average of successful runs, seconds. */
  avgRunSec: number | null;
  reputation: {
    availability: ReputationAxis;
    startLatency: ReputationAxis;
    correctness: ReputationAxis;
    completion: ReputationAxis;
  };
  /** Stars, 1 to 5, by requesters that paid; null while there are none. */
  rating: { mean: number | null; count: number };
  lastSeenAt: string | null;
  registeredAt: string;
  /** Only where one agent is asked for. */
  uptime?: Uptime;
}

/** How much an agent was there, as the marketplace heard it. */
export interface Uptime {
  /** Nothing was counted before; null while nothing was. */
  since: string | null;
  /** Shares are 0 to 1, of the time that is known; `before` is of as many days before. */
  periods: { days: number; share: number | null; before: number | null }[];
}

/** One side of how somebody behaves. */
export interface ReputationAxis {
  /** 0 to 1; null while nothing is known. */
  value: number | null;
  /** What the evidence weighs; halves in 30 days. */
  weight: number;
  /** How often there was evidence at all. */
  count: number;
}

/** One GPU as its tools report it; null is unknown. */
export interface Device {
  id: string;
  vendor: 'nvidia' | 'amd' | 'apple' | 'intel' | 'simulated';
  /** As the driver names it. */
  model: string;
  /** Catalogue id, such as `rtx-4090`. */
  modelId: string | null;
  memoryBytes: number | null;
  computeCapability: string | null;
  driverVersion: string | null;
  frameworks?: ('cuda' | 'rocm' | 'metal' | 'oneapi')[];
  /** Not real hardware. */
  simulated: boolean;
}

/** What a GPU did when it was last looked at. */
export interface DeviceSample {
  deviceId: string;
  /** Milliseconds since the reading was taken. */
  ageMs: number | null;
  utilizationRatio: Reading;
  memoryUsedBytes: Reading;
  temperatureCelsius: Reading;
  powerWatts: Reading;
}

/** A number and where it comes from; `unavailable` always has the value null. */
export interface Reading {
  value: number | null;
  source: 'measured' | 'estimated' | 'unavailable';
}

/** What a requester that paid said about an agent. */
export interface Rating {
  jobId: string;
  agentId: string;
  /** 1 to 5. */
  stars: number;
  comment: string | null;
  ratedAt: string;
}
