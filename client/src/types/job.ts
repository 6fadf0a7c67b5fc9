import type { Money } from '../money.ts';
import type { EndedState, Fault, JobReason, JobState, OpenState } from './job-spec.ts';

/** A job as lists have it. Times are RFC 3339 in UTC; null is unknown, or not yet. */
export interface JobSummary {
  jobId: string;
  name: string | null;
  state: JobState;
  reason: JobReason | null;
  /** Attempts so far; 0 before the first. */
  attempt: number;
  attemptsMax: number;
  /** Jobs that have to end before agents hear of this one. */
  waitsFor: number;
  /** The job whose result was taken. */
  cachedFrom: string | null;
  /** `container` or the script's language. */
  workload: string;
  image: string;
  gpus: number;
  /** What it runs or ran on, each once; empty before, and without GPUs. */
  gpuModels: string[];
  labels: Record<string, string>;
  /** The most the provider gets: the reward, or the cap of a metered job. */
  price: Money;
  bidPerGpuHour: Money | null;
  /** The most it can cost, fee included. */
  costMax: Money;
  /** What it cost in the end, fee included; null before that is settled. */
  charged: Money | null;
  agentId: string | null;
  agentName: string | null;
  /** Whether it ran on a device that is not real hardware. */
  simulatedDevice: boolean | null;
  exitCode: number | null;
  createdAt: string;
  startedAt: string | null;
  finishedAt: string | null;
  payoutState: PayoutState | null;
}

/** One job with everything that is known of it; `Job` tells open and ended ones apart. */
export interface JobDetail extends JobSummary {
  /** The complete spec; environment values are not echoed. */
  spec: unknown;
  /** One sentence for a person about `reason`, and what to do. */
  reasonSentence: string | null;
  reasonAction: string | null;
  fault: Fault | null;
  /** Structured output: output.json, or JSON on stdout; else null. */
  output: unknown;
  logBytes: number;
  after: { jobId: string; condition: 'succeeded' | 'ended'; state: 'open' | 'met' | 'failed' }[];
  rerunOf: string | null;
  executions: Execution[];
  settlement: Settlement;
  events: JobEvent[];
}

/** A job that goes on. */
export interface OpenJob extends JobDetail {
  state: OpenState;
  finishedAt: null;
}

/** A job that is over. */
export interface EndedJob extends JobDetail {
  state: EndedState;
  reason: JobReason;
  finishedAt: string;
}

/** A job that did what it was to do. */
export interface SucceededJob extends EndedJob {
  state: 'succeeded';
}

/** One job. `state` tells open ones from ended ones; `isEnded` does it for you. */
export type Job = OpenJob | EndedJob;

/** A job that was paid for with the request that posted it, without an account. */
export type PaidJob = Job & {
  /** Reads and cancels this one job and reads its logs. Keep it secret. */
  jobToken: string;
  /** null where an earlier payment had paid already. */
  payment: { signature: string; payer: string; accountId: string } | null;
};

/** One attempt on one agent. */
export interface Execution {
  executionId: string;
  attempt: number;
  agentId: string;
  agentName: string;
  deviceIds: string[];
  ratePerGpuHour: Money | null;
  state: ExecutionState;
  reason: JobReason | null;
  detail: string | null;
  isolation: string | null;
  imageDigest: string | null;
  /** How far its image was when the agent last said so; null where nothing was pulled. */
  imagePull: ImagePull | null;
  /** How far the program is by the word of its agent. */
  progress: WorkProgress | null;
  exitCode: number | null;
  /** Milliseconds that the program ran: what is billed. */
  runMs: number | null;
  peakMemoryBytes: number | null;
  leasedAt: string;
  startedAt: string | null;
  finishedAt: string | null;
}

/** How far a running job is; what its agent does not tell is null. */
export interface WorkProgress {
  /** 0 to 100. */
  percent: number | null;
  stage: string | null;
  message: string | null;
}

/** How far an agent is with the image of a job; null is what registry and engine do not tell. */
export interface ImagePull {
  /** Bytes fetched of the layers that were missing, and of how many. */
  bytesDone: number | null;
  bytesTotal: number | null;
  /** Layers that are ready, and of how many. */
  layersDone: number | null;
  layersTotal: number | null;
}

/** Where an attempt is. */
export type ExecutionState =
  | 'leased'
  | 'preparing'
  | 'running'
  | 'collecting'
  | 'succeeded'
  | 'failed'
  | 'timed_out'
  | 'cancelled'
  | 'lost';

/** What was held for a job and who got it. */
export interface Settlement {
  /** `captured`: the provider got the whole price. `released`: you did. `split`: both got a part. */
  state: 'none' | 'held' | 'captured' | 'released' | 'split';
  held: Money;
  /** What it costs at most, fee included. */
  quoted: Money;
  /** null until the job has ended. */
  charged: Money | null;
  providerShare: Money | null;
  fee: Money | null;
  refund: Money | null;
  payout: Payout | null;
}

/** Where a payment on chain is. `held`: until a person has looked. */
export type PayoutState =
  | 'due'
  | 'batched'
  | 'submitted'
  | 'confirmed'
  | 'finalized'
  | 'held'
  | 'cancelled';

/** The payment to a provider. */
export interface Payout {
  payoutId: string;
  state: PayoutState;
  wallet: string;
  money: Money;
  signature: string | null;
  explorerUrl: string | null;
  holdReason: string | null;
  /** Why it is due and has not left yet. */
  waitReason: string | null;
  createdAt: string;
  finalizedAt: string | null;
}

/** What happened to a job, oldest first. */
export interface JobEvent {
  seq: number;
  /** Such as `job.queued`; docs/reference/events.md has all. */
  type: string;
  at: string;
  /** requester, agent:<id>, marketplace or operator. */
  actor: string;
  reason: JobReason | null;
  data: Record<string, unknown>;
}

/** One line of a job's log. */
export interface LogLine {
  /** Grows by one per line within the job, over all its attempts. */
  seq: number;
  attempt: number;
  /** `system` lines come from the agent itself. */
  stream: LogStream;
  at: string;
  text: string;
  /** No newline followed, such as a prompt. */
  partial: boolean;
}

/** Who wrote a line. */
export type LogStream = 'stdout' | 'stderr' | 'system';
