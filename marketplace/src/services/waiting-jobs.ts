import { limits } from '@node3/shared/limits';
import type { EventRow } from '../store/rows.ts';

/** The jobs in the queue for which room might have to be made, as the events tell. */
export class WaitingJobs {
  /** When each may be looked at next. */
  readonly #dueMs = new Map<string, number>();

  note(events: readonly Pick<EventRow, 'name' | 'jobId' | 'atMs'>[]): void {
    for (const { name, jobId, atMs } of events) {
      if (jobId === null) continue;
      const isQueued = name === 'job.posted' || name === 'job.requeued' || name === 'job.released';
      if (isQueued) this.add(jobId, atMs);
      else if (name === 'job.assigned' || name === 'job.ended') this.#dueMs.delete(jobId);
    }
  }

  /** One more than there is room for is passed over: others wait before it. */
  add(jobId: string, nowMs: number): void {
    if (this.#dueMs.size < limits.preemptWaitingMax) {
      this.#dueMs.set(jobId, nowMs + limits.preemptAfterMs);
    }
  }

  due(nowMs: number): string[] {
    return [...this.#dueMs].filter(([, dueMs]) => dueMs <= nowMs).map(([jobId]) => jobId);
  }

  again(jobId: string, dueMs: number): void {
    if (this.#dueMs.has(jobId)) this.#dueMs.set(jobId, dueMs);
  }

  delete(jobId: string): void {
    this.#dueMs.delete(jobId);
  }
}
