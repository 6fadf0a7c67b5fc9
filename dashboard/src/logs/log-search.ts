import { type LogPattern, patternProblem } from './find-matches.ts';
import type { Span } from './line-segments.ts';
import { chunkOf, type LogStore } from './log-store.ts';
import type { SearchAnswer, SearchOrder } from './search-worker.ts';

/** The part of a Worker that is used. */
export interface SearchWorker {
  post(order: SearchOrder): void;
  onAnswer(listener: (answer: SearchAnswer) => void): void;
  terminate(): void;
}

export interface SearchDeps {
  startWorker(): SearchWorker;
  later(run: () => void, delayMs: number): () => void;
}

export interface SearchState {
  /** `slow`: the expression was given up. */
  status: 'idle' | 'searching' | 'done' | 'slow' | 'invalid';
  /** What is wrong with an expression. */
  problem: string | null;
  /** Rows with a hit. */
  hits: number;
  version: number;
}

interface ChunkHits {
  version: number;
  rows: readonly number[];
  marks: Map<number, Span[]>;
}

const noMarks: readonly Span[] = [];

/** One chunk takes milliseconds; an expression that needs this long would never end. */
const chunkLimitMs = 2_000;

/**
 * Looks for a pattern in every row that is here, and in those that come, chunk by chunk in a worker. An
 * expression that takes too long ends with its worker, and the page never waits for it.
 */
export class LogSearch {
  readonly #store: LogStore;
  readonly #deps: SearchDeps;
  readonly #found = new Map<number, ChunkHits>();
  readonly #listeners = new Set<() => void>();
  #pattern: LogPattern | null = null;
  #worker: SearchWorker | null = null;
  #order: { id: number; chunk: number; version: number } | null = null;
  #lastId = 0;
  #stopTimer: () => void = () => undefined;
  #state: SearchState = { status: 'idle', problem: null, hits: 0, version: 0 };

  constructor(store: LogStore, deps: SearchDeps) {
    this.#store = store;
    this.#deps = deps;
  }

  readonly state = (): SearchState => this.#state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly hitsOf = (chunk: number): readonly number[] | undefined => this.#found.get(chunk)?.rows;

  /** Where in a row's text something was found. */
  marksOf(seq: number): readonly Span[] {
    const number = chunkOf(seq);
    const found = this.#found.get(number);
    if (found === undefined) return noMarks;
    const row = this.#store.chunk(number)?.rowOfSeq(seq);
    return (row === undefined ? undefined : found.marks.get(row)) ?? noMarks;
  }

  /** null ends the search. */
  search(pattern: LogPattern | null): void {
    this.#pattern = pattern;
    this.#found.clear();
    this.#drop();
    const problem = pattern === null ? null : patternProblem(pattern);
    if (problem !== null) this.#pattern = null;
    const status = problem === null ? (pattern === null ? 'idle' : 'searching') : 'invalid';
    this.#set({ status, problem, hits: 0 });
    this.#next();
  }

  /** The rows have changed. */
  follow(): void {
    if (this.#pattern !== null && this.#order === null) this.#next();
  }

  close(): void {
    this.#pattern = null;
    this.#drop();
    this.#worker?.terminate();
    this.#worker = null;
  }

  /** The hit after a line, or before it; from the other end where there is none. */
  neighbour(seq: number, direction: 'next' | 'previous'): number | null {
    const seqs = this.#hitSeqs();
    if (direction === 'next') return seqs.find((hit) => hit > seq) ?? seqs[0] ?? null;
    return seqs.findLast((hit) => hit < seq) ?? seqs.at(-1) ?? null;
  }

  /** Which of all hits a line is, from 1; 0 where it is none. */
  placeOf(seq: number): number {
    return this.#hitSeqs().indexOf(seq) + 1;
  }

  #hitSeqs(): number[] {
    const numbers = [...this.#found.keys()].toSorted((a, b) => a - b);
    return numbers.flatMap((number) => {
      const chunk = this.#store.chunk(number);
      const rows = this.#found.get(number)?.rows ?? [];
      return chunk === undefined ? [] : rows.map((row) => chunk.seqAt(row));
    });
  }

  #next(): void {
    const pattern = this.#pattern;
    if (pattern === null) return;
    for (const [number, chunk] of this.#store.held()) {
      if (this.#found.get(number)?.version === chunk.version) continue;
      this.#lastId += 1;
      this.#order = { id: this.#lastId, chunk: number, version: chunk.version };
      this.#worker ??= this.#startWorker();
      this.#worker.post({ id: this.#lastId, texts: chunk.plainTexts(), pattern });
      this.#stopTimer = this.#deps.later(() => this.#giveUp(), chunkLimitMs);
      return;
    }
    this.#set({ status: 'done' });
  }

  #startWorker(): SearchWorker {
    const worker = this.#deps.startWorker();
    worker.onAnswer((answer) => this.#take(answer));
    return worker;
  }

  #take({ id, matches }: SearchAnswer): void {
    const order = this.#order;
    if (order?.id !== id) return;
    this.#stopTimer();
    this.#order = null;
    const before = this.#found.get(order.chunk)?.rows.length ?? 0;
    const found = readMatches(order.version, matches);
    this.#found.set(order.chunk, found);
    const hits = this.#state.hits + found.rows.length - before;
    this.#set({ status: 'searching', hits });
    this.#next();
  }

  #giveUp(): void {
    this.#pattern = null;
    this.#found.clear();
    this.#drop();
    this.#set({ status: 'slow', hits: 0 });
  }

  /** Forgets the order; one that is being worked on may never end, so its worker goes with it. */
  #drop(): void {
    this.#stopTimer();
    if (this.#order === null) return;
    this.#order = null;
    this.#worker?.terminate();
    this.#worker = null;
  }

  #set(change: Partial<SearchState>): void {
    this.#state = { ...this.#state, ...change, version: this.#state.version + 1 };
    for (const listener of this.#listeners) listener();
  }
}

function readMatches(version: number, matches: Uint32Array): ChunkHits {
  const marks: ChunkHits['marks'] = new Map();
  for (let at = 0; at + 2 < matches.length; at += 3) {
    const row = matches[at] ?? 0;
    const marksOfRow = marks.get(row) ?? [];
    marksOfRow.push([matches[at + 1] ?? 0, matches[at + 2] ?? 0]);
    marks.set(row, marksOfRow);
  }
  return { version, rows: [...marks.keys()], marks };
}

/** A worker of this page's own files: the content policy allows no other. */
export function startSearchWorker(): SearchWorker {
  const worker = new Worker(new URL('./search-worker.ts', import.meta.url), { type: 'module' });
  return {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- A worker has no other origin.
    post: (order) => worker.postMessage(order),
    onAnswer(listener) {
      worker.addEventListener('message', (event: MessageEvent<SearchAnswer>) => {
        listener(event.data);
      });
    },
    terminate: () => worker.terminate(),
  };
}
