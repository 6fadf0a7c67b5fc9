import type { Dependency } from '@node3/shared/job-lifecycle';
import type { ChangeOutcome, JobChange, JobSnapshot } from './job-store.ts';

export interface DependencyStore {
  /** Jobs that have ended while others waited for them, and that nobody has looked at since. */
  endedDependencies(limit: number): Promise<string[]>;
  /** Jobs that wait for this one, oldest first. */
  waitingFor(neededJobId: string, limit: number): Promise<string[]>;
  /**
   * Notes that a needed job has ended and applies what that means for one that waits for it: `decide`
   * hears whether it ended as it had to. null when that was noted before.
   */
  settleDependency(
    neededJobId: string,
    jobId: string,
    decide: (snapshot: JobSnapshot, isMet: boolean) => JobChange | null,
  ): Promise<ChangeOutcome | null>;
  /** Takes an ended job off the list, unless some still wait for it. */
  finishDependency(neededJobId: string): Promise<void>;
  /** What a job was posted to wait for, and how far that is. */
  dependenciesOf(jobId: string): Promise<DependencyRow[]>;
}

export interface DependencyRow extends Dependency {
  /** The job that is waited for. */
  jobId: string;
  state: 'open' | 'met' | 'failed';
}
