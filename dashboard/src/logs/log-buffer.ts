import type { LogLine, LogStream } from '@node3/shared/routes/jobs';
import { cleanLine } from './log-text.ts';

/** One row of the viewer: a whole line, or a line still growing when `open`. */
export interface LogRow {
  /** Sequence number of its first line, which also numbers the row. */
  seq: number;
  attempt: number;
  stream: LogStream;
  atMs: number;
  /** Clean text with colour sequences; may end in `\r`. */
  text: string;
  open: boolean;
}

export interface LogBufferLimits {
  rowsMax: number;
  charsMax: number;
  rowCharsMax: number;
}

/** 200 000 rows or 48 M characters stay below 200 MB of heap; older ones stay on the server. */
const logBufferLimits: LogBufferLimits = {
  rowsMax: 200_000,
  charsMax: 48_000_000,
  rowCharsMax: 16_384,
};

/** Rows of one job's log, in order, without doubles, in bounded memory. */
export class LogBuffer {
  readonly #limits: LogBufferLimits;
  readonly #listeners = new Set<() => void>();
  #rows: LogRow[] = [];
  #chars = 0;
  #dropped = 0;
  #lastSeq: number | undefined;
  #version = 0;
  /** How many rows were ever added, so that a row keeps its number when older ones are dropped. */
  #added = 0;
  readonly #openRows = new Map<LogStream, number>();

  constructor(limits: LogBufferLimits = logBufferLimits) {
    this.#limits = limits;
  }

  get rows(): readonly LogRow[] {
    return this.#rows;
  }

  /** How many of the oldest rows were dropped to stay within the limits. */
  get droppedRows(): number {
    return this.#dropped;
  }

  get lastSeq(): number | undefined {
    return this.#lastSeq;
  }

  /** Changes with every change of the rows. */
  readonly version = (): number => this.#version;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** How a frame of live lines relates to the rows: `gap` means that lines before it are missing. */
  relation(lines: readonly LogLine[]): 'next' | 'seen' | 'gap' {
    const last = this.#lastSeq ?? 0;
    const first = lines.find((line) => line.seq > last);
    if (first === undefined) return 'seen';
    return first.seq > last + 1 ? 'gap' : 'next';
  }

  /** Adds the lines that are new. Lines seen before are ignored, so history and live may overlap. */
  append(lines: readonly LogLine[]): void {
    const last = this.#lastSeq ?? -1;
    const fresh = lines.filter((line) => line.seq > last);
    const newest = fresh.at(-1);
    if (newest === undefined) return;
    for (const line of fresh) this.#appendLine(line);
    this.#lastSeq = newest.seq;
    this.#trim();
    this.#version += 1;
    for (const listener of this.#listeners) listener();
  }

  #appendLine(line: LogLine): void {
    const openNumber = this.#openRows.get(line.stream);
    const index = openNumber === undefined ? -1 : openNumber - (this.#added - this.#rows.length);
    const open = index < 0 ? undefined : this.#rows[index];
    const continues = open !== undefined && open.attempt === line.attempt;
    const text = cleanLine((continues ? open.text : '') + line.text, this.#limits.rowCharsMax);
    if (continues) {
      this.#chars += text.length - open.text.length;
      this.#rows[index] = { ...open, text, open: line.partial };
    } else {
      const { seq, attempt, stream } = line;
      this.#rows.push({
        seq,
        attempt,
        stream,
        atMs: Date.parse(line.at),
        text,
        open: line.partial,
      });
      this.#chars += text.length;
      this.#added += 1;
      if (line.partial) this.#openRows.set(stream, this.#added - 1);
    }
    if (!line.partial) this.#openRows.delete(line.stream);
  }

  /** Drops a tenth at a time, so that a full buffer doesn't move its rows for every line. */
  #trim(): void {
    const { rowsMax, charsMax } = this.#limits;
    if (this.#rows.length <= rowsMax && this.#chars <= charsMax) return;
    const dropMin = Math.ceil(rowsMax / 10);
    let drop = 0;
    for (const row of this.#rows.slice(0, -1)) {
      const fits = this.#rows.length - drop <= rowsMax && this.#chars <= charsMax;
      if (fits && drop >= dropMin) break;
      this.#chars -= row.text.length;
      drop += 1;
    }
    this.#rows = this.#rows.slice(drop);
    this.#dropped += drop;
  }
}
