import { limits } from '@node3/shared/limits';
import type { EventRow } from '../store/rows.ts';

/**
 * The jobs in the queue for which room might have to be made, as the events tell. Those of each account
 * stand in a line of their own, and the lines take turns: nobody fills the place of others.
 */
export class WaitingJobs {
  /** By account, whose turn it is first; then when each job may be looked at next. */
  readonly #lines = new Map<string, Map<string, number>>();
  readonly #accountOf = new Map<string, string>();

  note(events: readonly Pick<EventRow, 'name' | 'jobId' | 'accountId' | 'atMs'>[]): void {
    for (const { name, jobId, accountId, atMs } of events) {
      if (jobId === null || accountId === null) continue;
      const isQueued = name === 'job.posted' || name === 'job.requeued' || name === 'job.released';
      if (isQueued) this.add({ jobId, accountId }, atMs);
      else if (name === 'job.assigned' || name === 'job.ended') this.delete(jobId);
    }
  }

  /** One more than there is room for is passed over: others wait before it. */
  add({ jobId, accountId }: { jobId: string; accountId: string }, nowMs: number): void {
    this.delete(jobId);
    const line = this.#lines.get(accountId) ?? new Map<string, number>();
    if (line.size >= limits.preemptWaitingPerAccount) return;
    if (this.#accountOf.size >= limits.preemptRemembered) return;
    line.set(jobId, nowMs + limits.preemptAfterMs);
    this.#lines.set(accountId, line);
    this.#accountOf.set(jobId, accountId);
  }

  /** Those whose turn it is; they go to the end of their line. */
  due(nowMs: number): string[] {
    const found = new Set<string>();
    const lookedMax = this.#accountOf.size + limits.preemptWaitingMax;
    for (let looked = 0; looked < lookedMax; looked += 1) {
      const [next] = this.#lines;
      const [first] = next?.[1] ?? [];
      if (next === undefined || first === undefined) break;
      const [[accountId, line], [jobId, dueMs]] = [next, first];
      this.#lines.delete(accountId);
      this.#lines.set(accountId, line);
      line.delete(jobId);
      line.set(jobId, dueMs);
      if (dueMs <= nowMs) found.add(jobId);
      if (found.size === limits.preemptWaitingMax) break;
    }
    return [...found];
  }

  again(jobId: string, dueMs: number): void {
    const line = this.#lines.get(this.#accountOf.get(jobId) ?? '');
    if (line?.has(jobId) === true) line.set(jobId, dueMs);
  }

  delete(jobId: string): void {
    const accountId = this.#accountOf.get(jobId);
    if (accountId === undefined) return;
    this.#accountOf.delete(jobId);
    const line = this.#lines.get(accountId);
    line?.delete(jobId);
    if (line?.size === 0) this.#lines.delete(accountId);
  }
}
