import { limits } from '@node3/shared/limits';

/**
 * Counts the requests that wait for each job. A payment may be repeated for nothing, and every
 * repetition would otherwise hold a connection for as long as the job takes.
 */
export class JobWaiters {
  readonly #byJob = new Map<string, number>();

  /** Waits in one of the job's places; null at once where there is none left. */
  async wait<Result>(jobId: string, work: () => Promise<Result>): Promise<Result | null> {
    const waiting = this.#byJob.get(jobId) ?? 0;
    if (waiting >= limits.waitersPerJob) return null;
    this.#byJob.set(jobId, waiting + 1);
    try {
      return await work();
    } finally {
      this.#leave(jobId);
    }
  }

  #leave(jobId: string): void {
    const waiting = (this.#byJob.get(jobId) ?? 0) - 1;
    if (waiting > 0) this.#byJob.set(jobId, waiting);
    else this.#byJob.delete(jobId);
  }
}
