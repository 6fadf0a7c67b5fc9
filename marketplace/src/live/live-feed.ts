import { limits } from '@node3/shared/limits';
import type { EventRow } from '../store/rows.ts';

type Listener = (event: EventRow) => void;
type LogListener = () => void;

/**
 * Fans stored events out to the sockets and streams of this process. Keeps the last few thousand,
 * so that a client that was away for a moment can go on where it stopped.
 */
export class LiveFeed {
  readonly #listeners = new Set<Listener>();
  readonly #logListeners = new Map<string, Set<LogListener>>();
  #recent: EventRow[] = [];
  #lastSeq = 0;

  constructor(lastSeq: number) {
    this.#lastSeq = lastSeq;
  }

  get lastSeq(): number {
    return this.#lastSeq;
  }

  publish(events: readonly EventRow[]): void {
    for (const event of events) {
      this.#lastSeq = event.seq;
      this.#recent.push(event);
      for (const listener of this.#listeners) listener(event);
      if (event.name === 'job.ended' && event.jobId !== null) this.publishLogs(event.jobId);
    }
    if (this.#recent.length > limits.streamBacklogEvents * 2) {
      this.#recent = this.#recent.slice(-limits.streamBacklogEvents);
    }
  }

  /** Events after `seq`, or null when some of them are no longer here. */
  since(seq: number): EventRow[] | null {
    if (seq >= this.#lastSeq) return [];
    const [oldest] = this.#recent;
    if (oldest === undefined || oldest.seq > seq + 1) return null;
    return this.#recent.filter((event) => event.seq > seq);
  }

  /** @returns a function that ends the subscription. */
  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Says that a job has new log lines, or that it ended; readers fetch them from the store. */
  publishLogs(jobId: string): void {
    for (const listener of this.#logListeners.get(jobId) ?? []) listener();
  }

  subscribeLogs(jobId: string, listener: LogListener): () => void {
    const listeners = this.#logListeners.get(jobId) ?? new Set();
    listeners.add(listener);
    this.#logListeners.set(jobId, listeners);
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) this.#logListeners.delete(jobId);
    };
  }
}
