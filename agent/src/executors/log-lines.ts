import { Buffer, isUtf8 } from 'node:buffer';
import { logMarks } from '@node3/shared/log-marks';
import type { LineBlock, LogLine } from './executor.ts';
import { logLineBytesMax } from './executor-limits.ts';

const newline = 0x0a;
const nothing = Buffer.alloc(0);

/** Lines up to this length stay together: in whatever they are written, they are no longer than 16 KiB. */
const shortBytesMax = Math.floor(logLineBytesMax / 3);

/**
 * Cuts one stream's bytes into lines of at most 16 KiB and decodes them without ever failing. Short
 * lines in a row that were read together stay one piece of bytes.
 */
export class LineAssembler {
  readonly #stream: 'stdout' | 'stderr';
  readonly #numbering: 'numbered' | 'plain';
  #pending: Buffer = nothing;
  #atMs = 0;
  /** Bytes up to the end of the last line. */
  #endsAt = 0;

  constructor(stream: 'stdout' | 'stderr', numbering: 'numbered' | 'plain' = 'plain') {
    this.#stream = stream;
    this.#numbering = numbering;
  }

  /** Takes the next bytes and @returns the lines that are complete now, in order. */
  push(bytes: Buffer, atMs: number): (LogLine | LineBlock)[] {
    if (this.#pending.length === 0) return this.#cut(bytes, atMs);
    // The end of the line that was begun, without a copy of all that follows.
    const end = bytes.indexOf(newline) + 1 || bytes.length;
    const found = this.#cut(Buffer.concat([this.#pending, bytes.subarray(0, end)]), atMs);
    if (end < bytes.length) found.push(...this.#cut(bytes.subarray(end), atMs));
    return found;
  }

  #cut(rest: Buffer, atMs: number): (LogLine | LineBlock)[] {
    const found: (LogLine | LineBlock)[] = [];
    if (this.#pending.length === 0) this.#atMs = atMs;
    let at = 0;
    while (at < rest.length) {
      // What began at another time is a line by itself.
      const short = this.#atMs === atMs ? findShortLines(rest, at) : { lineCount: 0, end: at };
      const end = short.lineCount === 0 ? rest.indexOf(newline, at) : short.end;
      if (short.lineCount > 0) {
        const block = this.#block(rest.subarray(at, end), short.lineCount);
        if (isUtf8(block.bytes)) found.push(block);
        else for (const line of splitBlock(block)) found.push(line);
        at = end;
      } else if (end >= 0 && end - at <= logLineBytesMax) {
        found.push(this.#line(rest.toString('utf8', at, end), end + 1 - at, false));
        at = end + 1;
      } else if (rest.length - at > logLineBytesMax) {
        const cut = characterStart(rest, at + logLineBytesMax);
        found.push(this.#line(rest.toString('utf8', at, cut), cut - at, true));
        at = cut;
      } else {
        break;
      }
      this.#atMs = atMs;
    }
    this.#pending = at === rest.length ? nothing : Buffer.from(rest.subarray(at));
    return found;
  }

  /** @returns the last line when it had no line break. */
  end(): LogLine[] {
    if (this.#pending.length === 0) return [];
    const line = this.#line(this.#pending.toString('utf8'), this.#pending.length, false);
    this.#pending = nothing;
    return [{ ...line, brokenOff: true }];
  }

  #block(bytes: Buffer, lineCount: number): LineBlock {
    this.#endsAt += bytes.length;
    const block: LineBlock = { stream: this.#stream, atMs: this.#atMs, lineCount, bytes };
    if (this.#numbering === 'numbered') block.endsAt = this.#endsAt;
    return block;
  }

  #line(text: string, bytes: number, continued: boolean): LogLine {
    this.#endsAt += bytes;
    const line: LogLine = { stream: this.#stream, atMs: this.#atMs, text, continued };
    if (this.#numbering === 'numbered') line.endsAt = this.#endsAt;
    return line;
  }
}

/** The short lines in a row from a place on: how many, and where they end. */
function findShortLines(bytes: Buffer, from: number): { lineCount: number; end: number } {
  let lineCount = 0;
  let at = from;
  for (let end = bytes.indexOf(newline, at); end >= 0; end = bytes.indexOf(newline, at)) {
    if (end - at > shortBytesMax) break;
    lineCount += 1;
    at = end + 1;
  }
  return { lineCount, end: at };
}

export function isBlock(found: LogLine | LineBlock): found is LineBlock {
  return 'bytes' in found;
}

/** The lines of a block, one by one. */
export function splitBlock({ stream, atMs, bytes, endsAt }: LineBlock): LogLine[] {
  const lines: LogLine[] = [];
  const begin = endsAt === undefined ? 0 : endsAt - bytes.length;
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf(newline, at);
    const line: LogLine = { stream, atMs, text: bytes.toString('utf8', at, end), continued: false };
    at = end + 1;
    if (endsAt !== undefined) line.endsAt = begin + at;
    lines.push(line);
  }
  return lines;
}

/** Moves a cut back to the start of a character, so that no character is split in two. */
function characterStart(bytes: Buffer, at: number): number {
  for (let back = 0; back < 4; back += 1) {
    if (((bytes[at - back] ?? 0) & 0xc0) !== 0x80) return at - back;
  }
  return at;
}

/** Lines this short on average are no log: each costs many times its bytes wherever it is kept. */
const lineBytesMean = 16;
const linesMin = 10_000;

/** @returns how many lines a log of so many bytes may have: empty ones would be nearly free. */
export function logLinesMax(bytesMax: number): number {
  return Math.max(linesMin, Math.floor(bytesMax / lineBytesMean));
}

/** Lets through a limited number of bytes and lines and then says so, once. */
export class LogBudget {
  readonly #bytesMax: number;
  #bytesLeft: number;
  #linesLeft: number;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
    this.#bytesLeft = bytesMax;
    this.#linesLeft = logLinesMax(bytesMax);
  }

  /** Whether there is room for all of a block. */
  holds({ bytes, lineCount }: LineBlock): boolean {
    return bytes.length <= this.#bytesLeft && lineCount <= this.#linesLeft;
  }

  spend({ bytes, lineCount }: LineBlock): void {
    this.#bytesLeft -= bytes.length;
    this.#linesLeft -= lineCount;
  }

  /** @returns what to deliver of a line, and whether nothing more may follow. */
  take(line: LogLine): { lines: LogLine[]; exhausted: boolean } {
    const cost = Buffer.byteLength(line.text) + 1;
    if (this.#linesLeft === 0) {
      return {
        lines: [this.#marker(line, `${logLinesMax(this.#bytesMax)} lines`)],
        exhausted: true,
      };
    }
    this.#linesLeft -= 1;
    if (cost <= this.#bytesLeft) {
      this.#bytesLeft -= cost;
      return { lines: [line], exhausted: false };
    }
    const bytes = Buffer.from(line.text);
    const cut = bytes.subarray(0, characterStart(bytes, this.#bytesLeft)).toString('utf8');
    const marker = this.#marker(line, `${this.#bytesMax} bytes`);
    // It did go on: whoever looks for something in it must not take the cut for its end.
    const head = cut === '' ? [] : [{ ...line, text: cut, continued: true }];
    return { lines: [...head, marker], exhausted: true };
  }

  #marker({ atMs }: LogLine, limit: string): LogLine {
    const text = `${logMarks.truncated}: the job's log limit of ${limit} is reached]`;
    return { stream: 'system', atMs, text, continued: false };
  }
}
