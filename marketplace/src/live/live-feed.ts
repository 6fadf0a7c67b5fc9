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
  readonly #tellOthers: (jobId: string) => void;
  #lastSeq = 0;

  /** `tellOthers` hears of new lines that were stored by this process. */
  constructor(lastSeq: number, tellOthers: (jobId: string) => void = () => undefined) {
    this.#lastSeq = lastSeq;
    this.#tellOthers = tellOthers;
  }

  get lastSeq(): number {
    return this.#lastSeq;
  }

  publish(events: readonly EventRow[]): void {
    for (const event of events) {
      this.#lastSeq = event.seq;
      this.#recent.push(event);
      for (const listener of this.#listeners) listener(event);
      if (event.name === 'job.ended' && event.jobId !== null) this.noteLogs(event.jobId);
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

  /** Says that this process has stored lines of a job; readers fetch them from the store. */
  publishLogs(jobId: string): void {
    this.noteLogs(jobId);
    this.#tellOthers(jobId);
  }

  /** A job has new lines, whoever stored them, or it ended. */
  noteLogs(jobId: string): void {
    for (const listener of this.#logListeners.get(jobId) ?? []) listener();
  }

  /** Says so of every job that somebody follows: what happened to them may have been missed. */
  noteAllLogs(): void {
    for (const jobId of this.#logListeners.keys()) this.noteLogs(jobId);
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
