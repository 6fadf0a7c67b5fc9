import { type LineLevel, levelOfLine, lineLevels } from '@node3/shared/line-level';
import { type LogLine, type LogStream, logStreams } from '@node3/shared/routes/jobs';
import { cleanLine, plainText } from './log-text.ts';

/** Lines of one chunk: as many as one page of the API has. */
export const linesPerChunk = 1_000;
/** More of one line is in the download only. */
const rowCharsMax = 16_384;

/** One row of the viewer: a whole line, or the pieces of one that have come so far. */
export interface LogRow {
  /** Of its first line; it numbers the row. */
  seq: number;
  attempt: number;
  stream: LogStream;
  level: LineLevel | null;
  atMs: number;
  /** Clean text with colour sequences; may end in `\r`. */
  text: string;
}

/** A thousand lines with consecutive numbers, of which the first ones are here. */
export class LogChunk {
  readonly firstSeq: number;
  /** Grows with every change. */
  version = 0;
  chars = 0;
  /** All lines up to this one are here. */
  through: number;
  /** How many rows have each level, in the order of `lineLevels`. */
  readonly levelCounts = new Uint32Array(lineLevels.length);
  readonly #texts: string[] = [];
  readonly #seqs = new Uint32Array(linesPerChunk);
  readonly #times = new Float64Array(linesPerChunk);
  readonly #attempts = new Uint16Array(linesPerChunk);
  /** Stream in the lower two bits, level plus one above. */
  readonly #kinds = new Uint8Array(linesPerChunk);
  readonly #open = new Map<LogStream, number>();
  readonly #rows: (LogRow | undefined)[] = [];

  constructor(number: number) {
    this.firstSeq = number * linesPerChunk + 1;
    this.through = this.firstSeq - 1;
  }

  get count(): number {
    return this.#texts.length;
  }

  get lastSeq(): number {
    return this.firstSeq + linesPerChunk - 1;
  }

  /** Takes the next line. @returns false for any other one: lines before it are missing, or it is here. */
  add(line: LogLine): boolean {
    if (line.seq !== this.through + 1 || line.seq > this.lastSeq) return false;
    this.through = line.seq;
    this.version += 1;
    const open = this.#open.get(line.stream);
    const isContinued = open !== undefined && this.#attempts[open] === line.attempt;
    if (isContinued) this.#goOn(open, line);
    else this.#begin(line);
    if (!line.partial) this.#open.delete(line.stream);
    return true;
  }

  #begin(line: LogLine): void {
    const index = this.#texts.length;
    const text = cleanLine(line.text, rowCharsMax);
    this.#texts.push(text);
    this.chars += text.length;
    this.#seqs[index] = line.seq;
    this.#times[index] = Date.parse(line.at);
    this.#attempts[index] = line.attempt;
    this.#classify(index, text, line.stream);
    if (line.partial) this.#open.set(line.stream, index);
  }

  #goOn(index: number, line: LogLine): void {
    const before = this.#texts[index] ?? '';
    const text = cleanLine(before + line.text, rowCharsMax);
    this.#texts[index] = text;
    this.chars += text.length - before.length;
    const level = this.#levelIndex(index);
    if (level >= 0) this.levelCounts[level] = (this.levelCounts[level] ?? 1) - 1;
    this.#classify(index, text, line.stream);
    this.#rows[index] = undefined;
  }

  #classify(index: number, text: string, stream: LogStream): void {
    const level = levelOfLine(text, stream);
    const levelIndex = level === null ? -1 : lineLevels.indexOf(level);
    this.#kinds[index] = logStreams.indexOf(stream) | ((levelIndex + 1) << 2);
    if (levelIndex >= 0) this.levelCounts[levelIndex] = (this.levelCounts[levelIndex] ?? 0) + 1;
  }

  #levelIndex(index: number): number {
    return ((this.#kinds[index] ?? 0) >> 2) - 1;
  }

  seqAt(index: number): number {
    return this.#seqs[index] ?? this.firstSeq;
  }

  /** Without making a row. */
  facts(index: number): { stream: number; level: number; attempt: number } {
    return {
      stream: (this.#kinds[index] ?? 0) & 3,
      level: this.#levelIndex(index),
      attempt: this.#attempts[index] ?? 0,
    };
  }

  /** The same object until the row changes. */
  row(index: number): LogRow {
    const known = this.#rows[index];
    if (known !== undefined) return known;
    const { stream, level, attempt } = this.facts(index);
    const row = {
      seq: this.seqAt(index),
      attempt,
      stream: logStreams[stream] ?? 'system',
      level: lineLevels[level] ?? null,
      atMs: this.#times[index] ?? 0,
      text: this.#texts[index] ?? '',
    };
    this.#rows[index] = row;
    return row;
  }

  /** What a person reads of each row. */
  plainTexts(): string[] {
    return this.#texts.map(plainText);
  }

  /** The last row that begins at or before a line. */
  rowOfSeq(seq: number): number {
    let [low, high] = [0, this.count - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (this.seqAt(middle) <= seq) low = middle;
      else high = middle - 1;
    }
    return Math.max(0, low);
  }
}
