import { limits } from '@node3/shared/limits';
import { RecentBlocks } from '@node3/shared/recent-blocks';
import type { EventRow, LogBlockRow } from '../store/rows.ts';

type Listener = (event: EventRow) => void;
type JobListener = () => void;

/** Kept of the log of one job that is followed: more than an agent sends at once. And of all of them. */
const recentCharsMax = { ofJob: 1024 * 1024, ofAll: 16 * 1024 * 1024 };

/**
 * Fans stored events out to the sockets and streams of this process. Keeps the last few thousand,
 * so that a client that was away for a moment can go on where it stopped.
 */
export class LiveFeed {
  readonly #listeners = new Set<Listener>();
  readonly #logListeners = new Map<string, Set<JobListener>>();
  readonly #jobListeners = new Map<string, Set<JobListener>>();
  /** Of jobs that somebody here follows. */
  readonly #recentLogs = new Map<string, RecentBlocks<LogBlockRow>>();
  #recentChars = 0;
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
      if (event.jobId === null) continue;
      call(this.#jobListeners, event.jobId);
      if (event.name === 'job.ended') this.noteLogs(event.jobId);
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

  /** Says that this process has stored lines of a job; readers elsewhere fetch them from the store. */
  publishLogs(jobId: string, blocks: readonly LogBlockRow[]): void {
    this.#keepRecent(jobId, blocks);
    this.noteLogs(jobId);
    this.#tellOthers(jobId);
  }

  /** All are dropped where they are too much together: whoever reads them asks the store, once. */
  #keepRecent(jobId: string, blocks: readonly LogBlockRow[]): void {
    const recent = this.#recentLogs.get(jobId);
    if (recent === undefined) return;
    this.#recentChars -= recent.size;
    recent.add(blocks);
    this.#recentChars += recent.size;
    if (this.#recentChars <= recentCharsMax.ofAll) return;
    for (const followed of this.#recentLogs.keys()) {
      this.#recentLogs.set(followed, new RecentBlocks(recentCharsMax.ofJob, charsOf));
    }
    this.#recentChars = 0;
  }

  /** A job has new lines, whoever stored them, or it ended. */
  noteLogs(jobId: string): void {
    call(this.#logListeners, jobId);
  }

  /** A job looks different without an event: whoever waits for it in this process looks again. */
  noteJob(jobId: string): void {
    call(this.#jobListeners, jobId);
  }

  /** Says so of every job that somebody follows: what happened to them may have been missed. */
  noteAllLogs(): void {
    for (const jobId of this.#logListeners.keys()) this.noteLogs(jobId);
  }

  /** @returns a function that ends the subscription. */
  subscribeLogs(jobId: string, listener: JobListener): () => void {
    if (!this.#recentLogs.has(jobId)) {
      this.#recentLogs.set(jobId, new RecentBlocks(recentCharsMax.ofJob, charsOf));
    }
    const leave = follow(this.#logListeners, jobId, listener);
    return () => {
      leave();
      if (this.#logListeners.has(jobId)) return;
      this.#recentChars -= this.#recentLogs.get(jobId)?.size ?? 0;
      this.#recentLogs.delete(jobId);
    };
  }

  /** The lines after a number, where they were just stored here; null: the store has to be asked. */
  recentLogs(jobId: string, afterSeq: number): LogBlockRow[] | null {
    return this.#recentLogs.get(jobId)?.after(afterSeq) ?? null;
  }

  /** Hears of every stored event of one job, whichever process stored it. */
  subscribeJob(jobId: string, listener: JobListener): () => void {
    return follow(this.#jobListeners, jobId, listener);
  }
}

function call(listeners: ReadonlyMap<string, Set<JobListener>>, jobId: string): void {
  for (const listener of listeners.get(jobId) ?? []) listener();
}

function follow(
  listeners: Map<string, Set<JobListener>>,
  jobId: string,
  listener: JobListener,
): () => void {
  const ofJob = listeners.get(jobId) ?? new Set();
  ofJob.add(listener);
  listeners.set(jobId, ofJob);
  return () => {
    ofJob.delete(listener);
    if (ofJob.size === 0 && listeners.get(jobId) === ofJob) listeners.delete(jobId);
  };
}

/** A block has its own cost: streams that take turns have one for each line. */
const blockChars = 256;

function charsOf({ text }: LogBlockRow): number {
  return text.length + blockChars;
}
