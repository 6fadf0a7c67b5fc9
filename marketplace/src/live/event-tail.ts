import type { Logger } from '@node3/shared/logger';
import type { EventRow } from '../store/rows.ts';
import type { Store } from '../store/store.ts';

export interface TailDeps {
  store: Pick<Store, 'eventsAfter'>;
  log: Logger;
  /** Takes every event once, in the order of the log, whoever stored it. */
  publish(events: readonly EventRow[]): void;
  /**
   * Takes what others have stored, and what this process has stored itself but finds in the log before
   * it hears that its own commit is done. Whatever this does must be right to do twice.
   */
  follow(events: readonly EventRow[]): void;
}

/** Read at once from the log. */
const pageMax = 1_000;
/** Own events that may wait for those of others before them; beyond it they are read again. */
const ownMax = 50_000;

/**
 * Follows the event log of all replicas. What this process commits is published at once where nothing
 * else came before it; everything else is read from the store, by number, when a hint or a look at the
 * clock says so.
 */
export class EventTail {
  readonly #deps: TailDeps;
  readonly #own = new Set<number>();
  #lastSeq: number;
  #wantedSeq = 0;
  #reading: Promise<void> | null = null;
  #state: 'waiting' | 'following' | 'stopped' = 'waiting';

  constructor(deps: TailDeps, lastSeq: number) {
    this.#deps = deps;
    this.#lastSeq = lastSeq;
  }

  /** Everything up to here is published. */
  get lastSeq(): number {
    return this.#lastSeq;
  }

  /** Until then only own commits are published: whoever follows others is not ready yet. */
  start(): void {
    this.#state = 'following';
    void this.catchUp();
  }

  /** A commit of this process: called before anybody hears that it is done. */
  noteOwn(events: readonly EventRow[]): void {
    const [first] = events;
    const last = events.at(-1);
    if (first === undefined || last === undefined) return;
    const late = events.filter(({ seq }) => seq <= this.#lastSeq);
    // The log told of it before: by now another replica may have changed what this commit is about.
    if (late.length > 0) this.#deps.follow(late);
    const isWhole = last.seq - first.seq === events.length - 1;
    if (isWhole && this.#reading === null && first.seq === this.#lastSeq + 1) {
      this.#publish(events, []);
      return;
    }
    for (const { seq } of events) {
      if (seq > this.#lastSeq && this.#own.size < ownMax) this.#own.add(seq);
    }
    this.hint(last.seq);
  }

  /** The log reaches to this number, as far as somebody knows. */
  hint(seq: number): void {
    this.#wantedSeq = Math.max(this.#wantedSeq, seq);
    if (seq > this.#lastSeq) void this.catchUp();
  }

  /** Reads whatever is new. Resolves when the end of the log was reached, or it could not be read. */
  catchUp(): Promise<void> {
    if (this.#state !== 'following') return Promise.resolve();
    this.#reading ??= this.#read().finally(() => {
      this.#reading = null;
      if (this.#wantedSeq > this.#lastSeq) void this.catchUp();
    });
    return this.#reading;
  }

  stop(): Promise<void> {
    this.#state = 'stopped';
    return this.#reading ?? Promise.resolve();
  }

  async #read(): Promise<void> {
    try {
      while (this.#state === 'following') {
        const before = this.#wantedSeq;
        const events = await this.#deps.store.eventsAfter(this.#lastSeq, pageMax);
        const others = events.filter(({ seq }) => !this.#own.delete(seq));
        if (events.length > 0) this.#publish(events, others);
        if (events.length >= pageMax) continue;
        // A number that was hinted at is in the log by now, or never: numbers may be skipped.
        if (this.#wantedSeq === before) this.#wantedSeq = Math.min(before, this.#lastSeq);
        if (this.#wantedSeq <= this.#lastSeq) return;
      }
    } catch (error) {
      // The next hint, or the next look, goes on from here.
      this.#wantedSeq = 0;
      if (this.#state === 'following')
        this.#deps.log.warn({ err: error }, 'event log could not be read');
    }
  }

  #publish(events: readonly EventRow[], others: readonly EventRow[]): void {
    const last = events.at(-1);
    if (last !== undefined) this.#lastSeq = last.seq;
    this.#deps.publish(events);
    if (others.length > 0) this.#deps.follow(others);
  }
}
