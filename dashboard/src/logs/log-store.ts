import { lineLevels } from '@node3/shared/line-level';
import type { LogLine } from '@node3/shared/routes/jobs';
import { LogChunk, linesPerChunk } from './log-chunk.ts';

export function chunkOf(seq: number): number {
  return Math.floor((seq - 1) / linesPerChunk);
}

/**
 * A job's log, of which any chunks may be here: lines are found by their number, so that none is there
 * twice and what is missing is known. Chunks that nobody looks at can be dropped and are read again.
 */
export class LogStore {
  readonly #chunks = new Map<number, LogChunk>();
  readonly #listeners = new Set<() => void>();
  #lastSeq = 0;
  #version = 0;

  /** The number of the last line that is known to exist. */
  get lastSeq(): number {
    return this.#lastSeq;
  }

  get chunkCount(): number {
    return Math.ceil(this.#lastSeq / linesPerChunk);
  }

  get chunksHeld(): number {
    return this.#chunks.size;
  }

  get charsHeld(): number {
    let chars = 0;
    for (const chunk of this.#chunks.values()) chars += chunk.chars;
    return chars;
  }

  /** Changes with every change of the lines. */
  readonly version = (): number => this.#version;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  chunk(number: number): LogChunk | undefined {
    return this.#chunks.get(number);
  }

  held(): IterableIterator<[number, LogChunk]> {
    return this.#chunks.entries();
  }

  /** Lines of a chunk that exist and are not here. */
  missingIn(number: number): number {
    const last = Math.min(this.#lastSeq, (number + 1) * linesPerChunk);
    const through = this.#chunks.get(number)?.through ?? number * linesPerChunk;
    return Math.max(0, last - through);
  }

  /** Rows that a chunk has, or would have if each missing line were one. */
  rowsIn(number: number): number {
    return (this.#chunks.get(number)?.count ?? 0) + this.missingIn(number);
  }

  isComplete(): boolean {
    for (let number = 0; number < this.chunkCount; number += 1) {
      if (this.missingIn(number) > 0) return false;
    }
    return true;
  }

  /** After which line the end goes on: what the socket has to say next. */
  tailThrough(): number {
    const tail = this.#chunks.get(chunkOf(Math.max(1, this.#lastSeq)));
    return tail === undefined ? this.#lastSeq : tail.through;
  }

  /** How many rows have each level, of those that are here. */
  levelCounts(): number[] {
    const counts: number[] = lineLevels.map(() => 0);
    for (const chunk of this.#chunks.values()) {
      for (const [index, count] of chunk.levelCounts.entries()) {
        counts[index] = (counts[index] ?? 0) + count;
      }
    }
    return counts;
  }

  noteLastSeq(seq: number): void {
    if (seq <= this.#lastSeq) return;
    this.#lastSeq = seq;
    this.#changed();
  }

  /** Takes the lines that go on from what is here; others are read again when they are looked at. */
  add(lines: readonly LogLine[]): void {
    const last = lines.at(-1);
    if (last === undefined) return;
    this.#lastSeq = Math.max(this.#lastSeq, last.seq);
    for (const line of lines) {
      const number = chunkOf(line.seq);
      let chunk = this.#chunks.get(number);
      if (chunk === undefined) {
        // A chunk that would begin in its middle could never be completed in order.
        if (line.seq !== number * linesPerChunk + 1) continue;
        chunk = new LogChunk(number);
        this.#chunks.set(number, chunk);
      }
      chunk.add(line);
    }
    this.#changed();
  }

  /** Drops the chunks that are furthest from those in view until at most `chunksMax` are held. */
  trim(chunksMax: number, inView: { from: number; to: number }): void {
    if (this.#chunks.size <= chunksMax) return;
    const distance = (number: number) =>
      number < inView.from ? inView.from - number : Math.max(0, number - inView.to);
    const byDistance = [...this.#chunks.keys()].toSorted((a, b) => distance(b) - distance(a));
    for (const number of byDistance.slice(0, this.#chunks.size - chunksMax)) {
      this.#chunks.delete(number);
    }
    this.#changed();
  }

  #changed(): void {
    this.#version += 1;
    for (const listener of this.#listeners) listener();
  }
}
