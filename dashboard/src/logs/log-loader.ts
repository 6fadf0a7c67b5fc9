import type { LogLine } from '@node3/shared/routes/jobs';
import { linesPerChunk } from './log-chunk.ts';
import type { LogSource } from './log-source.ts';
import { chunkOf, type LogStore } from './log-store.ts';

export interface LoadState {
  /** `loading` until the first page is there; `ended` when no further line can come. */
  phase: 'loading' | 'live' | 'ended';
  /** null unless the log is no longer kept. */
  removedAt: string | null;
  error: unknown;
  /** Whether the whole log is being read. */
  reading: boolean;
}

/** Chunks that are asked for at a time, so that a scroll bar that is dragged asks for few. */
const chunksInFlight = 2;
/** A reader that is further behind looks at what it wants to see, not at everything in between. */
const behindLinesMax = 5_000;

/**
 * Reads what is looked at, and nothing else: single chunks by their numbers, new lines from the socket, and
 * the whole log when something is looked for in it.
 */
export class LogLoader {
  readonly #source: LogSource;
  readonly #store: LogStore;
  readonly #chunksMax: number;
  readonly #listeners = new Set<() => void>();
  readonly #loading = new Set<number>();
  #abort = new AbortController();
  #inView = { from: 0, to: 0 };
  #whole: Promise<void> | null = null;
  #polling: Promise<void> | null = null;
  #state: LoadState = { phase: 'loading', removedAt: null, error: null, reading: false };

  constructor(source: LogSource, store: LogStore, chunksMax: number) {
    this.#source = source;
    this.#store = store;
    this.#chunksMax = chunksMax;
  }

  readonly state = (): LoadState => this.#state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Where a socket should resume. */
  readonly resumeAfter = (): number => this.#store.tailThrough();

  /** Begins with the chunk of a line. @returns what ends it; a new start goes on where the old one ended. */
  start(firstSeq: number): () => void {
    const abort = new AbortController();
    this.#abort = abort;
    this.#loading.clear();
    this.#inView = { from: chunkOf(firstSeq), to: chunkOf(firstSeq) };
    this.#whole = null;
    this.#polling = null;
    if (this.#state.phase === 'loading') void this.#readChunk(chunkOf(firstSeq));
    else void this.poll();
    return () => abort.abort();
  }

  /** Says which chunks are looked at; they are read where they are not here. */
  show(from: number, to: number): void {
    this.#inView = { from, to };
    this.#fill();
  }

  /** Takes a frame of the socket. */
  accept(lines: readonly LogLine[], frame: { ended: boolean }): void {
    this.#store.add(lines);
    this.#trim();
    // Only a page says for sure that nothing is missing before the end.
    if (frame.ended) void this.poll();
  }

  retry(): void {
    this.#set({ error: null });
    if (this.#state.phase === 'loading') void this.#readChunk(0);
    else void this.poll().then(() => this.#fill());
  }

  /** Asks for what came after the last line. */
  poll(): Promise<void> {
    this.#polling ??= this.#readTail().finally(() => {
      this.#polling = null;
    });
    return this.#polling;
  }

  /** Reads everything that is not here, as far as it may be held. @returns whether all of it is. */
  async readAll(): Promise<boolean> {
    const { signal } = this.#abort;
    this.#whole ??= this.#readWhole(signal).finally(() => {
      this.#whole = null;
      if (!signal.aborted) this.#set({ reading: false });
    });
    await this.#whole;
    return this.#store.isComplete();
  }

  async #readWhole(signal: AbortSignal): Promise<void> {
    if (this.#store.isComplete()) return;
    this.#set({ reading: true, error: null });
    const oldest = Math.max(0, this.#store.chunkCount - this.#chunksMax);
    let number = oldest;
    while (number < this.#store.chunkCount && this.#store.missingIn(number) === 0) number += 1;
    const after = this.#store.chunk(number)?.through ?? number * linesPerChunk;
    try {
      let lines: LogLine[] = [];
      for await (const line of this.#source.lines({ after }, signal)) {
        lines.push(line);
        if (lines.length < linesPerChunk) continue;
        this.#store.add(lines);
        lines = [];
        // Thousands of lines come at once; the page has to be painted between them.
        await new Promise((resolve) => setTimeout(resolve, 0));
      }
      if (!signal.aborted) this.#store.add(lines);
    } catch (error) {
      if (!signal.aborted) this.#set({ error });
    }
  }

  #fill(): void {
    if (this.#state.error !== null || this.#state.phase === 'loading') return;
    const { from, to } = this.#inView;
    for (let number = to; number >= from; number -= 1) {
      if (this.#loading.size >= chunksInFlight) return;
      if (this.#store.missingIn(number) > 0) void this.#readChunk(number);
    }
  }

  async #readChunk(number: number): Promise<void> {
    if (this.#loading.has(number)) return;
    this.#loading.add(number);
    const { signal } = this.#abort;
    try {
      const until = (number + 1) * linesPerChunk;
      let after = this.#store.chunk(number)?.through ?? number * linesPerChunk;
      for (let more = true; more; ) {
        const page = await this.#source.page({ after, until }, signal);
        if (signal.aborted) return;
        this.#note(page);
        more = page.data.length > 0 && this.#store.missingIn(number) > 0 && page.nextAfter > after;
        after = page.nextAfter;
      }
      this.#trim();
    } catch (error) {
      if (!signal.aborted) this.#set({ error });
    } finally {
      this.#loading.delete(number);
      if (!signal.aborted) this.#fill();
    }
  }

  async #readTail(): Promise<void> {
    const { signal } = this.#abort;
    if (this.#state.phase !== 'live') return;
    try {
      for (let more = true; more; ) {
        const after = this.#store.tailThrough();
        const page = await this.#source.page({ after }, signal);
        if (signal.aborted) return;
        this.#note(page);
        const behind = page.lastSeq - page.nextAfter;
        more = !page.ended && page.data.length > 0 && behind > 0 && behind <= behindLinesMax;
      }
      this.#set({ error: null });
      this.#trim();
      this.#fill();
    } catch (error) {
      if (!signal.aborted) this.#set({ error });
    }
  }

  #note(page: {
    data: LogLine[];
    lastSeq: number;
    ended: boolean;
    removedAt: string | null;
  }): void {
    this.#store.add(page.data);
    const { ended, removedAt } = page;
    if (removedAt === null) this.#store.noteLastSeq(page.lastSeq);
    // What is over is over, whichever page says it.
    const phase = ended || this.#state.phase === 'ended' ? 'ended' : 'live';
    this.#set({ phase, removedAt, error: null });
  }

  #trim(): void {
    this.#store.trim(this.#chunksMax, this.#inView);
  }

  #set(change: Partial<LoadState>): void {
    const state = { ...this.#state, ...change };
    const isSame = Object.entries(state).every(
      ([name, value]) => this.#state[name as keyof LoadState] === value,
    );
    if (isSame) return;
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}
