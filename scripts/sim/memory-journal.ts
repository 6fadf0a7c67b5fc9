import type { Closing, JournalExecution } from '@node3/agent/journal/journal';
import type { ExecutionOffer, ExecutionResult } from '@node3/shared/routes/agents';

/**
 * What the real journal keeps on disk, in memory that outlives the process: each change is durable
 * when it returns, as there.
 */
export class MemoryJournal {
  claimId: string | null = null;
  readonly #rows = new Map<string, JournalExecution>();

  recordOffer(offer: ExecutionOffer, atMs: number): 'new' | 'known' {
    this.claimId = null;
    const { executionId, jobId, attempt, leaseToken } = offer;
    if (this.#rows.has(executionId)) return 'known';
    this.#rows.set(executionId, {
      executionId,
      jobId,
      attempt,
      leaseToken,
      offer,
      phase: 'offered',
      executor: null,
      isolation: null,
      imageDigest: null,
      offeredAtMs: atMs,
      startedAtMs: null,
      finishedAtMs: null,
      leaseUntilBootMs: null,
      bootId: null,
      result: null,
      runDevices: [],
      pending: null,
      closed: null,
      lines: { spooled: 0, bytes: 0, acked: 0, truncated: false, read: null },
    });
    return 'new';
  }

  change(executionId: string, change: Partial<JournalExecution>): void {
    const row = this.find(executionId);
    if (row !== null) this.#rows.set(executionId, { ...row, ...change });
  }

  recordResult(executionId: string, result: ExecutionResult): void {
    this.change(executionId, { phase: 'ended', pending: 'result', result });
  }

  recordRelease(executionId: string): void {
    this.change(executionId, { pending: 'release' });
  }

  recordClosed(executionId: string, closed: Closing): void {
    this.change(executionId, { closed, pending: null });
  }

  find(executionId: string): JournalExecution | null {
    return this.#rows.get(executionId) ?? null;
  }

  listOpen(): JournalExecution[] {
    return [...this.#rows.values()].filter(({ closed }) => closed === null);
  }

  listAll(): JournalExecution[] {
    return [...this.#rows.values()];
  }
}
