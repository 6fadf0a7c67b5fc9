import type { GpuRequirement, JobSpecInput, Workload } from '../job-spec.ts';

/** What the importers make of a document of another system. */

/** A job without what no such document says: what it may cost, and the ids of the jobs it waits for. */
export interface ImportedSpec extends Omit<JobSpecInput, 'price' | 'after' | 'workload'> {
  workload: Extract<Workload, { kind: 'container' }>;
}

export interface ImportedStep {
  /** Unique among the steps. */
  name: string;
  /** Names of earlier steps that have to succeed first. */
  after: string[];
  spec: ImportedSpec;
}

/** Where the jobs differ from what the document asks for, and are no other jobs. */
export interface ImportWarning {
  /** JSON pointer into the document. */
  pointer: string;
  message: string;
  fix: string;
}

export interface ImportedJob {
  /** In order: a step waits only for those before it. */
  jobs: ImportedStep[];
  warnings: ImportWarning[];
}

export interface ImportOptions {
  /** Where the document names no time for a run; importLimits.timeoutMinutes without it. */
  timeoutMinutes?: number;
  /** What steps that ask for GPUs get, instead of what the document says of them. */
  gpus?: GpuRequirement;
  /** Hosts that the jobs may reach, instead of what the document says. */
  allowHosts?: readonly string[];
  /** A market of Nosana, such as `nvidia-4090`: the GPU model that the jobs need. */
  market?: string;
  /** The id that the job of a step will have. Without it, texts that have to hold it keep their placeholder. */
  jobIdOf?: (name: string) => string;
}
