import { type LineLevel, lineLevels } from '@node3/shared/line-level';
import { type LogStream, logStreams } from '@node3/shared/routes/jobs';
import { type LogChunk, type LogRow, linesPerChunk } from './log-chunk.ts';
import { chunkOf, type LogStore } from './log-store.ts';

export interface LogFilter {
  /** Empty for all, also those that name none. */
  levels: readonly LineLevel[];
  /** Empty for all. */
  streams: readonly LogStream[];
  /** null for all. */
  attempt: number | null;
  /** Lines up to this one are cleared away. */
  clearedThrough: number;
  /** Only rows with a hit, and so many around each; null for all. */
  around: number | null;
}

export const noFilter: LogFilter = {
  levels: [],
  streams: [],
  attempt: null,
  clearedThrough: 0,
  around: null,
};

/** Rows of a chunk in which something was found, in order; undefined where nobody has looked yet. */
export type HitsOf = (chunk: number) => readonly number[] | undefined;

/** A row, or the place of a line that is not here yet. */
export type ViewRow = LogRow | { seq: number; text: null };

interface Picked {
  key: string;
  rows: readonly number[];
}

/** Whether every row is shown, here or not, so that the log's length is known. */
export function isPlain(filter: LogFilter): boolean {
  const { levels, streams, attempt, around } = filter;
  return levels.length === 0 && streams.length === 0 && attempt === null && around === null;
}

/** The rows that are shown, by their place from the top. */
export class LogView {
  readonly #store: LogStore;
  readonly #hits: HitsOf;
  readonly #picked = new Map<number, Picked>();
  #filter: LogFilter = noFilter;
  /** Changes when other rows are shown. */
  filterVersion = 0;
  /** Rows before each chunk; one more than there are chunks. */
  #before: Float64Array = new Float64Array(1);
  #builtFor = '';

  constructor(store: LogStore, hits: HitsOf) {
    this.#store = store;
    this.#hits = hits;
  }

  set(filter: LogFilter): void {
    if (filter === this.#filter) return;
    this.#filter = filter;
    this.filterVersion += 1;
    this.#picked.clear();
  }

  /** Counts the rows again where something changed. */
  update(hitsVersion: number): void {
    const key = `${this.#store.version()}/${this.filterVersion}/${hitsVersion}`;
    if (key === this.#builtFor) return;
    this.#builtFor = key;
    const chunks = this.#store.chunkCount;
    if (this.#before.length !== chunks + 1) this.#before = new Float64Array(chunks + 1);
    let total = 0;
    for (let number = 0; number < chunks; number += 1) {
      this.#before[number] = total;
      total += this.#rowsIn(number, hitsVersion);
    }
    this.#before[chunks] = total;
  }

  get count(): number {
    return this.#before.at(-1) ?? 0;
  }

  /** @param index below `count`. */
  row(index: number): ViewRow {
    const number = this.chunkAt(index);
    const inner = index - (this.#before[number] ?? 0);
    const chunk = this.#store.chunk(number);
    const picked = this.#picked.get(number)?.rows;
    const row =
      picked === undefined ? inner + this.#clearedIn(number, chunk) : (picked[inner] ?? 0);
    if (chunk !== undefined && row < chunk.count) return chunk.row(row);
    const through = chunk?.through ?? number * linesPerChunk;
    return { seq: through + 1 + row - (chunk?.count ?? 0), text: null };
  }

  /** In which chunk a row is. */
  chunkAt(index: number): number {
    let [low, high] = [0, this.#before.length - 2];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.#before[middle] ?? 0) <= index) low = middle;
      else high = middle - 1;
    }
    return Math.max(0, low);
  }

  /** Where the row with a line is, or else the next one that is shown. */
  indexOfSeq(seq: number): number {
    const number = Math.min(chunkOf(Math.max(1, seq)), this.#before.length - 2);
    if (number < 0) return 0;
    const start = this.#before[number] ?? 0;
    const end = this.#before[number + 1] ?? start;
    const chunk = this.#store.chunk(number);
    const row = this.#rowOf(number, chunk, seq);
    const picked = this.#picked.get(number)?.rows;
    if (picked === undefined) {
      return Math.max(0, Math.min(end - 1, start + row - this.#clearedIn(number, chunk)));
    }
    const at = picked.findIndex((candidate) => candidate >= row);
    return Math.max(0, Math.min(this.count - 1, at < 0 ? end : start + at));
  }

  #rowOf(number: number, chunk: LogChunk | undefined, seq: number): number {
    if (chunk === undefined) return seq - 1 - number * linesPerChunk;
    return seq <= chunk.through ? chunk.rowOfSeq(seq) : chunk.count + seq - chunk.through - 1;
  }

  #rowsIn(number: number, hitsVersion: number): number {
    const chunk = this.#store.chunk(number);
    if (isPlain(this.#filter)) {
      this.#picked.delete(number);
      return Math.max(0, this.#store.rowsIn(number) - this.#clearedIn(number, chunk));
    }
    if (chunk === undefined) return 0;
    const isHitFilter = this.#filter.around !== null;
    const key = `${chunk.version}/${isHitFilter ? hitsVersion : 0}`;
    let picked = this.#picked.get(number);
    if (picked?.key !== key) {
      picked = { key, rows: this.#pick(number, chunk) };
      this.#picked.set(number, picked);
    }
    return picked.rows.length;
  }

  /** Rows at the beginning of a chunk that were cleared away. */
  #clearedIn(number: number, chunk: LogChunk | undefined): number {
    const { clearedThrough } = this.#filter;
    if (clearedThrough <= number * linesPerChunk) return 0;
    if (clearedThrough >= (number + 1) * linesPerChunk) return this.#store.rowsIn(number);
    return this.#rowOf(number, chunk, clearedThrough + 1);
  }

  #pick(number: number, chunk: LogChunk): number[] {
    const { levels, streams, attempt, clearedThrough, around } = this.#filter;
    const near = around === null ? null : this.#near(number, chunk.count, around);
    const levelsWanted = new Set(levels.map((level) => lineLevels.indexOf(level)));
    const streamsWanted = new Set(streams.map((stream) => logStreams.indexOf(stream)));
    const rows: number[] = [];
    for (let row = 0; row < chunk.count; row += 1) {
      if (near !== null && !near.has(row)) continue;
      if (chunk.seqAt(row) <= clearedThrough) continue;
      const facts = chunk.facts(row);
      if (levelsWanted.size > 0 && !levelsWanted.has(facts.level)) continue;
      if (streamsWanted.size > 0 && !streamsWanted.has(facts.stream)) continue;
      if (attempt !== null && facts.attempt !== attempt) continue;
      rows.push(row);
    }
    return rows;
  }

  /** Rows with a hit and those around them, also around hits of the chunks beside this one. */
  #near(number: number, count: number, around: number): Set<number> {
    const near = new Set<number>();
    const before = this.#store.chunk(number - 1)?.count ?? 0;
    const places = [
      ...(this.#hits(number - 1) ?? []).map((row) => row - before),
      ...(this.#hits(number) ?? []),
      ...(this.#hits(number + 1) ?? []).slice(0, around).map((row) => row + count),
    ];
    for (const place of places) {
      const last = Math.min(count - 1, place + around);
      for (let row = Math.max(0, place - around); row <= last; row += 1) near.add(row);
    }
    return near;
  }
}
