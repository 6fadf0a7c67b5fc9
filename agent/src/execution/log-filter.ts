import { cutToBytes, withoutControls } from '@node3/shared/log-text';
import type { LogLine } from '../executors/executor.ts';
import { logLineBytesMax } from '../executors/executor-limits.ts';
import type { SecretRedactor } from './secret-redactor.ts';

/** Of a value that was broken off, so much of its beginning may be shown. */
const tellingChars = 4;

/**
 * What comes between a workload and everything that keeps or sends its lines: control characters are
 * taken out, and values of secrets, also where a long line was cut within one. Each stream is looked
 * at by itself, so lines of the other one in between hide nothing.
 */
export class LogFilter {
  readonly #redactor: SecretRedactor;
  /** The end of the last piece of a long line of each stream, which may be part of a value. */
  readonly #open = new Map<LogLine['stream'], LogLine>();

  constructor(redactor: SecretRedactor) {
    this.#redactor = redactor;
  }

  /** @returns the lines that may be shown now, of at most 16 KiB each; none while it can't be told. */
  push(line: LogLine): LogLine[] {
    const safe = withoutControls(line.text, 'keep');
    const text = (this.#open.get(line.stream)?.text ?? '') + safe;
    this.#open.delete(line.stream);
    const at = line.continued ? this.#redactor.openFrom(text) : text.length;
    if (at < text.length) this.#open.set(line.stream, { ...line, text: text.slice(at) });
    if (at === 0 && line.continued) return [];
    return cutLine({ ...line, text: this.#redactor.redact(text.slice(0, at)) });
  }

  /** @returns what was held back, when nothing follows: the beginning of a value is none of it. */
  end(): LogLine[] {
    const rest = [...this.#open.values()].map((line) => {
      const isTelling = line.text.length >= tellingChars;
      return { ...line, text: isTelling ? '***' : line.text, continued: false };
    });
    this.#open.clear();
    return rest;
  }
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
