import type { ProblemSaid } from '@node3/shared/agent-problems';
import type { ImagePull } from '@node3/shared/image-pull';
/**
 * The port behind which a job's workload runs. An implementation owns every process, container
 * and file it creates for an execution and can find them again after the agent was restarted.
 */
export interface Executor {
  /** Short implementation name, such as `docker`. */
  readonly name: string;
  /** The isolation level this executor gives; never higher than what is really in force. */
  readonly isolation: Isolation;

  /** Looks at the machine and says whether jobs can run. Never throws, answers within 10 s. */
  probe(): Promise<ExecutorStatus>;

  /**
   * Makes everything slow ready: pulls the image when it is not on the machine.
   * @throws ExecutionError `image_not_found`, `image_pull_failed`, `engine_error`; or the
   * signal's own reason when it aborts.
   */
  prepare(
    request: ExecutionRequest,
    signal: AbortSignal,
    onProgress: (progress: PrepareProgress) => void,
  ): Promise<PreparedImage>;

  /**
   * Starts the workload and supervises it: the run limit holds from here on. Nothing is left
   * behind when it throws.
   * @throws ExecutionError `command_not_found`, `image_not_found`, `gpu_error`, `engine_error`.
   */
  start(request: ExecutionRequest): Promise<StartedExecution>;

  /** Waits for the end and collects the result. Callable any number of times until `remove`. */
  wait(executionId: string, signal: AbortSignal): Promise<ExecutionOutcome>;

  /**
   * SIGTERM, then SIGKILL one second later; resolves when the workload is dead. Does nothing
   * when it has ended already. `why` becomes the outcome's detail.
   */
  cancel(executionId: string, why: string): Promise<void>;

  /**
   * Delivers log lines in order until the workload ends, the signal aborts or the log limit is
   * reached (then the last line is a marker with stream `system`). Awaits `sink`, so a slow
   * reader slows the reading and never grows memory.
   */
  logs(
    executionId: string,
    options: LogOptions,
    sink: (line: LogLine) => void | Promise<void>,
    signal: AbortSignal,
  ): Promise<void>;

  /** Ends the workload if need be and deletes all its traces. Unknown ids are fine. */
  remove(executionId: string): Promise<void>;

  /** Every execution of this agent that still has traces on the machine, ended ones included. */
  list(): Promise<OwnedExecution[]>;

  /**
   * Takes over an execution that an earlier process of this agent started: supervision goes on
   * with the deadline counted from the workload's own start. @returns null when there is none.
   */
  adopt(executionId: string): Promise<OwnedExecution | null>;

  /**
   * The folder with what an ended workload wrote to OUTPUT_DIR: anything may be in it, links too. Until
   * `remove`. `staging` makes an empty folder for what has to be copied. null where there is none.
   */
  outputFolder(executionId: string, staging: () => Promise<string>): Promise<string | null>;

  /** Removes what was only kept to be quick, least used first, until so many bytes are free or none is left. */
  freeDisk?(bytes: number): Promise<void>;

  /**
   * Makes a container that waits for a job like this one, and takes it back.
   * @returns why that does not work here; null where it does.
   */
  tryWarm?(request: ExecutionRequest): Promise<string | null>;

  /** How another process of this machine ends a workload; null where there is none, or no such way. */
  handle?(executionId: string): WorkloadHandle | null;

  /** The latest reading of a running execution, or null where there is none. */
  usage(executionId: string): ExecutionUsage | null;

  /** Stops supervising without touching the workloads: they can be adopted afterwards. */
  close(): Promise<void>;
}

/** From strongest to weakest: a virtual machine, a user-space kernel, namespaces, a bare process. */
export type Isolation = 'vm' | 'sandbox' | 'container' | 'native';

/** Something a person can mend. `sentence` says what is wrong, `fix` how to mend it. */
export type ExecutorProblem = ProblemSaid;

export interface ExecutorStatus {
  available: boolean;
  problems: ExecutorProblem[];
  /** What is in force, as the engine reports it; null where there is nothing to report. */
  isolationEffective: IsolationFacts | null;
  /** Whether jobs may be let out; absent where an executor has no networks at all. */
  egress?: EgressStatus;
}

/** `hosts` is what the provider allows; `why` a sentence for a person. */
export type EgressStatus =
  | { offered: true; hosts: readonly string[]; firewall: string }
  | { offered: false; why: string };

export interface IsolationFacts {
  engine: string;
  engineVersion: string | null;
  apiVersion: string | null;
  /** The low-level runtime jobs get, such as `runc`. */
  runtime: string | null;
  runtimesKnown: string[];
  /** Which seccomp profile jobs get; null when the engine has no seccomp. */
  seccompProfile: string | null;
  userNamespace: boolean;
  rootless: boolean;
  apparmor: boolean;
  cgroupVersion: string | null;
  /** Version of that runtime; null where the engine does not tell. */
  runtimeVersion: string | null;
  /** How a job is held to its disk limit, such as `fixed size`. */
  outputs: string;
  /** How fast a job may use the disks, and which, or that it is not limited and why. */
  diskSpeed: string;
  /** Why no container waits for a job although some may; absent where nothing speaks against it. */
  warmContainers?: string;
  /** Sentences about what is known to be weak here, each with its fix. */
  weaknesses: string[];
  /** How NVIDIA devices reach a job, or null when they can't. */
  nvidia: 'runtime' | 'cdi' | null;
}

export type ScriptLanguage = 'python' | 'javascript' | 'typescript' | 'bash';

export interface ContainerWorkload {
  kind: 'container';
  image: string;
  command: readonly string[] | null;
  entrypoint: readonly string[] | null;
  workdir: string | null;
  env: Readonly<Record<string, string>>;
  /** Text for standard input, or null for none. Lost when the agent dies before it was written. */
  stdin: string | null;
}

export interface ScriptWorkload {
  kind: 'script';
  language: ScriptLanguage;
  code: string | Uint8Array;
  /** The image with the interpreter; the caller has filled in its default. */
  image: string;
  env: Readonly<Record<string, string>>;
  /** JSON for `/input/input.json` and `/tmp/input.json`; undefined for none. */
  input?: unknown;
}

export type Workload = ContainerWorkload | ScriptWorkload;

/** Where it lies below INPUT_DIR, with forward slashes; its bytes, or a file of the agent with them. */
export type ExecutionInput = { path: string; content: Uint8Array } | { path: string; file: string };

export interface ExecutionLimits {
  /** Share of cores, such as 0.5. */
  cpus: number;
  memoryBytes: number;
  /** Bytes below OUTPUT_DIR. */
  diskBytes: number;
  shmBytes: number;
  pidsMax: number;
  /** Wall time of the workload, from its start. */
  runMs: number;
  logBytesMax: number;
}

export type DeviceVendor = 'nvidia' | 'amd' | 'intel' | 'apple' | 'simulated';

/** A leased device. `renderNode` and `groupIds` are needed for AMD and Intel only. */
export interface ExecutionDevice {
  uuid: string;
  vendor: DeviceVendor;
  /** Such as `/dev/dri/renderD128`. */
  renderNode?: string;
  /** Numeric ids of the host's `render` and `video` groups. */
  groupIds?: readonly number[];
}

export interface ExecutionRequest {
  executionId: string;
  jobId: string;
  attempt: number;
  agentId: string;
  workload: Workload;
  inputs: readonly ExecutionInput[];
  /** Contents of files below SECRETS_DIR, by name. */
  secretFiles?: Readonly<Record<string, string>>;
  limits: ExecutionLimits;
  /** Hosts that may be reached through a proxy of the agent; nothing else is, and no DNS. */
  network: 'none' | { egressHosts: readonly string[] };
  devices: readonly ExecutionDevice[];
}

/** `ready` comes last, also where nothing had to be pulled. */
export type PrepareProgress = ({ phase: 'pulling' } & ImagePull) | { phase: 'ready' };

export interface PreparedImage {
  /** Content id of the image on this machine; null where there is no image (native). */
  imageId: string | null;
  /** `repository@sha256:…` as the registry names it; null for images never pulled or pushed. */
  imageDigest: string | null;
  sizeBytes: number | null;
  pulled: boolean;
}

export interface StartedExecution {
  executionId: string;
  startedAtMs: number;
  deadlineAtMs: number;
}

/** A container of an engine, by its name. */
export interface WorkloadHandle {
  engine: { kind: 'socket'; path: string } | { kind: 'tcp'; host: string; port: number };
  name: string;
}

export interface OwnedExecution {
  executionId: string;
  jobId: string;
  attempt: number;
  state: 'created' | 'running' | 'exited';
  startedAtMs: number | null;
}

export interface ExecutionUsage {
  sampledAtMs: number;
  memoryBytes: number | null;
  peakMemoryBytes: number | null;
  cpuMs: number | null;
  outputBytes: number | null;
}

export interface LogOptions {
  /** Lines from this engine time on at least (inclusive); a resuming reader sees some of them twice. */
  sinceMs?: number;
  /**
   * Lines that begin before so many bytes of their stream are left out; none comes twice. For executors
   * that number bytes.
   */
  from?: StreamBytes;
  /** Time of the last line before those, where it is known. */
  lastAtMs?: number;
  /** Is offered lines that were read together; where it says no they come to the sink, one by one. */
  takesBlock?: (block: LineBlock) => boolean;
}

/** So many bytes of each stream, as the workload wrote them. */
export type StreamBytes = Record<'stdout' | 'stderr', number>;

/** Whole lines of one stream that were read at once: valid UTF-8, none longer than a third of 16 KiB. */
export interface LineBlock {
  stream: 'stdout' | 'stderr';
  atMs: number;
  lineCount: number;
  /** Each line with its line break. */
  bytes: Buffer;
  /** As of a line, of the last one. */
  endsAt?: number;
}

export interface LogLine {
  /** `system` is said by the executor itself, never by the workload. */
  stream: 'stdout' | 'stderr' | 'system';
  /** Wall time at which the executor, or its engine, read the line. */
  atMs: number;
  /** At most 16 KiB of UTF-8, without the line break; invalid bytes are U+FFFD. */
  text: string;
  /** True when the line was longer and goes on in the next chunk of the same stream. */
  continued: boolean;
  /**
   * Bytes of its stream up to its end, line break included; left out where the executor can't tell.
   */
  endsAt?: number;
  /** The workload ended within the line: what it says last may be the beginning of something. */
  brokenOff?: true;
}

export type OutcomeReason =
  | 'exited'
  | 'nonzero_exit'
  | 'out_of_memory'
  | 'out_of_disk'
  | 'run_timeout'
  | 'cancelled'
  | 'image_not_found'
  | 'image_pull_failed'
  | 'command_not_found'
  | 'request_invalid'
  | 'input_unavailable'
  | 'output_missing'
  | 'output_rejected'
  | 'engine_error'
  | 'gpu_error';

export interface ExecutionOutcome {
  /** Null when the workload never ended by itself and no code is known. */
  exitCode: number | null;
  /** Such as `SIGKILL`, when a signal ended it. */
  signal: string | null;
  oomKilled: boolean;
  timedOut: boolean;
  cancelled: boolean;
  startedAtMs: number | null;
  finishedAtMs: number | null;
  runMs: number | null;
  /** Highest reading taken while it ran; null when it ended before the first one. */
  peakMemoryBytes: number | null;
  /** CPU time at the last reading, a lower bound; null when it ended before the first one. */
  cpuMs: number | null;
  /** Parsed `output.json`, else JSON on standard output; null for neither. */
  output: unknown;
  reason: OutcomeReason;
  /** One sentence for a person. */
  detail: string;
}
