import type { LogLine } from '@node3/shared/routes/jobs';
import type { LogBuffer } from './log-buffer.ts';

interface LogPage {
  data: LogLine[];
  nextAfter: number;
  ended: boolean;
}

export interface LogFeedDeps {
  buffer: LogBuffer;
  /** Lines after a sequence number; without one, from the first line on. */
  fetchPage(after: number | undefined, signal: AbortSignal): Promise<LogPage>;
}

export interface LogFeedState {
  /** `loading` until the first page is there; `ended` when no further line can come. */
  phase: 'loading' | 'live' | 'ended';
  error: unknown;
}

/**
 * Keeps a buffer complete from two sources: pages over HTTP and frames over the socket. A frame
 * that doesn't join on to the buffer isn't added; the missing pages are read instead.
 */
export class LogFeed {
  readonly #deps: LogFeedDeps;
  readonly #listeners = new Set<() => void>();
  #abort = new AbortController();
  #running: Promise<void> | null = null;
  #again = false;
  #after: number | undefined;
  #state: LogFeedState = { phase: 'loading', error: null };

  constructor(deps: LogFeedDeps) {
    this.#deps = deps;
  }

  readonly state = (): LogFeedState => this.#state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Where a socket should resume. */
  readonly resumeAfter = (): number => this.#after ?? 0;

  /** Reads every page there is. Calls while one is under way are answered by one more turn. */
  catchUp(): Promise<void> {
    if (this.#state.phase === 'ended' || this.#abort.signal.aborted) return Promise.resolve();
    if (this.#running !== null) {
      this.#again = true;
      return this.#running;
    }
    const running = this.#readPages().finally(() => {
      if (this.#running === running) this.#running = null;
    });
    this.#running = running;
    return running;
  }

  /** Takes a frame of the socket. */
  accept(lines: readonly LogLine[], frame: { ended: boolean }): void {
    if (this.#state.phase !== 'live') {
      this.#again = true;
      return;
    }
    const { buffer } = this.#deps;
    const relation = buffer.relation(lines);
    if (relation === 'next') {
      buffer.append(lines);
      this.#after = buffer.lastSeq;
    }
    // Only a page says for sure that nothing is missing before the end.
    if (relation === 'gap' || frame.ended) void this.catchUp();
  }

  /** Begins to read. @returns what ends it; a new start goes on where the old one ended. */
  start(): () => void {
    const abort = new AbortController();
    this.#abort = abort;
    this.#running = null;
    void this.catchUp();
    return () => abort.abort();
  }

  async #readPages(): Promise<void> {
    const { signal } = this.#abort;
    try {
      let more = true;
      while (more && !signal.aborted) {
        this.#again = false;
        const page = await this.#deps.fetchPage(this.#after, signal);
        if (signal.aborted) return;
        this.#deps.buffer.append(page.data);
        if (page.data.length > 0) this.#after = page.nextAfter;
        more = !page.ended && (page.data.length > 0 || this.#again);
        if (!more) this.#set({ phase: page.ended ? 'ended' : 'live', error: null });
      }
    } catch (error) {
      if (!signal.aborted) this.#set({ ...this.#state, error });
    }
  }

  #set(state: LogFeedState): void {
    if (state.phase === this.#state.phase && state.error === this.#state.error) return;
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}
