import type { MoneyInput } from '../money.ts';

/** What `jobs.create` takes: POST /api/v1/jobs. Left-out fields have the defaults of the marketplace. */
export interface JobSpec {
  /** 1 to 128 characters, for people. */
  name?: string;
  /** At most 32 names with values, to find jobs by. */
  labels?: Record<string, string>;
  priority?: 'low' | 'normal' | 'high' | 'urgent';
  /** What runs. */
  workload: Workload;
  /** Files below /input. At most 64. */
  inputs?: JobInput[];
  /** What is kept of /output. Left out, it is everything; an empty list is nothing. */
  outputs?: JobOutput[];
  /** By name. Never shown again: files below /run/secrets, or variables, and masked in logs. */
  secrets?: Record<string, { value: string; as?: 'file' | 'env' }>;
  resources?: JobResources;
  placement?: JobPlacement;
  /** Left out, a job reaches nothing. */
  network?: { kind: 'none' } | { kind: 'egress'; hosts: string[] };
  /** Seconds, and bytes of log. */
  limits?: JobLimits;
  retry?: {
    /** 1 to 10; 3 where nothing is said. */
    attemptsMax?: number;
    /** After which faults and reasons; all that may help where nothing is said. */
    on?: RetryCause[];
  };
  /** Jobs of the same account that have to end first; they must exist already. */
  after?: { jobId: string; condition: 'succeeded' | 'ended' }[];
  /** Takes the result of an equal job instead of running again. */
  cache?: {
    /** Seconds; an older result is not reused. */
    maxAgeSec: number;
    /** Reuse although the image is named by a tag, which may have moved meanwhile. */
    anyTag?: boolean;
  };
  price: JobPrice;
}

/** Told apart by `kind`. */
export type Workload = ContainerWorkload | ScriptWorkload;

/** An image and a command. */
export interface ContainerWorkload {
  kind: 'container';
  /** Best pinned by digest; the marketplace has a default. */
  image?: string;
  command?: string[];
  entrypoint?: string[];
  /** Absolute path. */
  workdir?: string;
  env?: Record<string, string>;
  /** At most 64 KiB. */
  stdin?: string;
}

/** Code of up to 100 KiB. */
export interface ScriptWorkload {
  kind: 'script';
  language: 'python' | 'javascript' | 'typescript' | 'bash';
  code: string;
  /** Instead of the usual image of the language. */
  image?: string;
  env?: Record<string, string>;
  /** Any JSON; the script reads it as a file. */
  input?: unknown;
}

/** One file, or an archive of them, below /input. */
export interface JobInput {
  /** Relative to /input; the folder to unpack into with `unpack`. */
  path: string;
  /** Told apart by `kind`. An artifact is what `artifacts.upload` answers. */
  source:
    | { kind: 'inline'; contentBase64: string }
    | { kind: 'artifact'; artifactId: string }
    | { kind: 'url'; url: string; sha256?: string; bytesMax?: number };
  /** It is a tar, tar.gz or zip archive whose files are wanted. */
  unpack?: boolean;
}

/** One file or folder that is kept. */
export interface JobOutput {
  /** Relative to /output. */
  path: string;
  /** Without it the job has failed; true where nothing is said. */
  required?: boolean;
}

/** What the machine must have. Sizes are bytes. */
export interface JobResources {
  /** Left out, the job needs no GPU. */
  gpus?: {
    /** 1 to 8. */
    count: number;
    vendor?: 'nvidia' | 'amd' | 'apple' | 'intel';
    /** Models or families, such as `rtx-4090` or `a100`; any of them will do. */
    models?: string[];
    memoryBytesMin?: number;
    /** Such as `8.9`. */
    computeCapabilityMin?: string;
    framework?: 'cuda' | 'rocm' | 'metal' | 'oneapi';
  };
  cpus?: number;
  memoryBytes?: number;
  diskBytes?: number;
  shmBytes?: number;
  arch?: 'x64' | 'arm64';
}

/** Where the job may run. */
export interface JobPlacement {
  /** `eu` holds `eu-west-1`. */
  regions?: string[];
  /** Ids of agents; nobody else gets the job. */
  agents?: string[];
  agentsBlocked?: string[];
  /** Wallets of providers; nobody else gets the job. */
  providers?: string[];
  providersBlocked?: string[];
  labels?: Record<string, string>;
  /** How one of several agents is chosen. */
  strategy?: PlacementStrategy;
  /** Weakest to strongest: native, container, sandbox, vm. */
  isolationMin?: 'native' | 'container' | 'sandbox' | 'vm';
  /** May be stopped and queued again when a job that may not be finds no free agent. */
  interruptible?: boolean;
}

/** How one of several agents that could run a job is chosen. */
export type PlacementStrategy =
  | 'score'
  | 'cheapest'
  | 'fastest'
  | 'least_loaded'
  | 'round_robin'
  | 'affinity';

/** All in seconds but `logBytes`. */
export interface JobLimits {
  /** In the queue; an hour where nothing is said. */
  queueSec?: number;
  /** Downloads before the run; ten minutes where nothing is said. */
  pullSec?: number;
  /** The run; five minutes where nothing is said, a day at most. */
  runSec?: number;
  /** Without a line of output for this long the run is stopped; off unless given. */
  progressSec?: number;
  logBytes?: number;
}

/** What the provider gets, told apart by `kind`. The fee of the marketplace comes on top. */
export type JobPrice =
  | { kind: 'fixed'; reward: MoneyInput }
  | {
      kind: 'metered';
      /** The most an hour on one GPU may cost; an hour of the run for a job without GPUs. */
      bidPerGpuHour: MoneyInput;
      /** The most the run may cost, without the fee; the run is stopped there. */
      cap: MoneyInput;
    };

/** A fault or a reason after which another attempt may help. */
export type RetryCause = 'provider' | 'platform' | 'none' | JobReason;

/** Where a job is. See {@link EndedState} for those that never change again. */
export type JobState = OpenState | EndedState;

/** A job in such a state goes on. */
export type OpenState = 'awaiting_funds' | 'queued' | 'assigned' | 'running';

/** A job in such a state is over. */
export type EndedState = 'succeeded' | 'failed' | 'cancelled' | 'timed_out' | 'expired';

/** Whose fault it was, and so who pays. `platform` is the marketplace itself. */
export type Fault = 'requester' | 'provider' | 'platform' | 'none';

/** Why a job is where it is. docs/reference/states.md says what each means and what to do. */
export type JobReason =
  | 'exited'
  | 'nonzero_exit'
  | 'out_of_memory'
  | 'run_timeout'
  | 'cap_reached'
  | 'no_progress'
  | 'disk_exceeded'
  | 'cancelled_by_requester'
  | 'image_not_found'
  | 'command_not_found'
  | 'request_invalid'
  | 'input_unavailable'
  | 'output_missing'
  | 'output_rejected'
  | 'dependency_failed'
  | 'poison'
  | 'result_reused'
  | 'preempted'
  | 'image_pull_failed'
  | 'prepare_timeout'
  | 'queue_timeout'
  | 'offer_not_accepted'
  | 'released_by_agent'
  | 'agent_removed'
  | 'lease_expired'
  | 'engine_error'
  | 'gpu_error'
  | 'agent_restarted'
  | 'result_overdue'
  | 'marketplace_error';
