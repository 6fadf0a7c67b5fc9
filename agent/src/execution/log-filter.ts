import {
  cutToBytes,
  hasControls,
  hasControlsInUtf8,
  splitOpenControl,
  withoutControls,
} from '@node3/shared/log-text';
import type { LogLine } from '../executors/executor.ts';
import { logLineBytesMax } from '../executors/executor-limits.ts';
import type { LogSpool } from './log-spool.ts';
import type { SecretRedactor } from './secret-redactor.ts';
import type { TextMask } from './text-mask.ts';

interface OpenLine {
  mask: TextMask;
  /** The beginning of an escape sequence at its end. */
  escape: string;
  last: LogLine;
}

/**
 * What comes between a workload and everything that keeps or sends its lines: control characters are
 * taken out, and values of secrets, also where a long line was cut within one. Each stream is looked
 * at by itself, so lines of the other one in between hide nothing.
 */
export class LogFilter {
  readonly #redactor: SecretRedactor;
  /** The end of a long line of each stream. */
  readonly #open = new Map<LogLine['stream'], OpenLine>();

  constructor(redactor: SecretRedactor) {
    this.#redactor = redactor;
  }

  /** @returns the lines that may be shown now, of at most 16 KiB each; none while it can't be told. */
  push(line: LogLine): LogLine[] {
    if (this.#isPlain(line)) return [line];
    const { mask = this.#redactor.openMask(), escape = '' } = this.#open.get(line.stream) ?? {};
    const { brokenOff = false, ...rest } = line;
    const goesOn = line.continued || brokenOff;
    const [text, open] = goesOn ? splitOpenControl(escape + line.text) : [escape + line.text, ''];
    const shown = mask.push(withoutControls(text, 'keep'));
    if (line.continued) {
      this.#open.set(line.stream, { mask, escape: open, last: line });
      return shown === '' ? [] : cutLine({ ...rest, text: shown });
    }
    this.#open.delete(line.stream);
    return cutLine({ ...rest, text: shown + (brokenOff ? mask.breakOff() : mask.end()) });
  }

  /** Whether lines of a block have nothing to be taken out; none of them is longer than may be. */
  isPlainBytes(bytes: Buffer): boolean {
    return this.#open.size === 0 && this.#redactor.isEmpty && !hasControlsInUtf8(bytes);
  }

  /** Most lines have nothing to be taken out, begin anew, and end. */
  #isPlain({ stream, text, continued, brokenOff }: LogLine): boolean {
    if (continued || brokenOff === true || this.#open.size > 0 || !this.#redactor.isEmpty)
      return false;
    return stream !== 'system' && text.length * 3 <= logLineBytesMax && !hasControls(text);
  }

  /**
   * The line of a stream is not gone on with: the rest of it is missing.
   * @returns what was held back of it; the beginning of a value is none of that.
   */
  breakOff(stream: LogLine['stream']): LogLine[] {
    const open = this.#open.get(stream);
    if (open === undefined) return [];
    this.#open.delete(stream);
    const { mask, last } = open;
    return mask.holds ? [{ ...last, text: mask.breakOff(), continued: false }] : [];
  }

  /** @returns what was held back, when nothing follows. */
  end(): LogLine[] {
    return [...this.#open.keys()].flatMap((stream) => this.breakOff(stream));
  }
}

/** The lines that may be kept of one as it was written: what there is no room for is not looked at. */
export function showLine(
  spool: Pick<LogSpool, 'admits'>,
  filter: LogFilter,
  line: LogLine,
): LogLine[] {
  return spool.admits(line) ? filter.push(line) : filter.breakOff(line.stream);
}

/** A mask may be longer than what it stands for. */
function cutLine(line: LogLine): LogLine[] {
  const pieces: LogLine[] = [];
  let { text } = line;
  for (;;) {
    const piece = cutToBytes(text, logLineBytesMax);
    text = text.slice(piece.length);
    if (text === '') return [...pieces, { ...line, text: piece }];
    pieces.push({ ...line, text: piece, continued: true });
  }
}
