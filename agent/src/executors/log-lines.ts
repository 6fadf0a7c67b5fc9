import { Buffer } from 'node:buffer';
import { logMarks } from '@node3/shared/log-marks';
import type { LogLine } from './executor.ts';
import { logLineBytesMax } from './executor-limits.ts';

const newline = 0x0a;
const nothing = Buffer.alloc(0);

/** Cuts one stream's bytes into lines of at most 16 KiB and decodes them without ever failing. */
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

  /** Takes the next bytes and @returns the lines that are complete now. */
  push(bytes: Buffer, atMs: number): LogLine[] {
    const lines: LogLine[] = [];
    if (this.#pending.length === 0) this.#atMs = atMs;
    const rest = this.#pending.length === 0 ? bytes : Buffer.concat([this.#pending, bytes]);
    let at = 0;
    while (at < rest.length) {
      const end = rest.indexOf(newline, at);
      if (end >= 0 && end - at <= logLineBytesMax) {
        lines.push(this.#line(rest.toString('utf8', at, end), end + 1 - at, false));
        at = end + 1;
      } else if (rest.length - at > logLineBytesMax) {
        const cut = characterStart(rest, at + logLineBytesMax);
        lines.push(this.#line(rest.toString('utf8', at, cut), cut - at, true));
        at = cut;
      } else {
        break;
      }
      this.#atMs = atMs;
    }
    this.#pending = at === rest.length ? nothing : Buffer.from(rest.subarray(at));
    return lines;
  }

  /** @returns the last line when it had no line break. */
  end(): LogLine[] {
    if (this.#pending.length === 0) return [];
    const line = this.#line(this.#pending.toString('utf8'), this.#pending.length, false);
    this.#pending = nothing;
    return [{ ...line, brokenOff: true }];
  }

  #line(text: string, bytes: number, continued: boolean): LogLine {
    this.#endsAt += bytes;
    const line: LogLine = { stream: this.#stream, atMs: this.#atMs, text, continued };
    if (this.#numbering === 'numbered') line.endsAt = this.#endsAt;
    return line;
  }
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
