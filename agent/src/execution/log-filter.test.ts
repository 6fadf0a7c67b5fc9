import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LogLine } from '../executors/executor.ts';
import { logLineBytesMax } from '../executors/executor-limits.ts';
import { LogFilter } from './log-filter.ts';
import { SecretRedactor } from './secret-redactor.ts';

const secret = 'correct-horse';
const piece = (
  text: string,
  continued: boolean,
  stream: LogLine['stream'] = 'stdout',
): LogLine => ({
  stream,
  atMs: 1,
  text,
  continued,
});
const open = (...values: string[]) => new LogFilter(new SecretRedactor(values));

describe('a log on its way out', () => {
  it('hides a value however a long line is cut, and loses nothing else', () => {
    const text = `see ${secret}, and correct-${secret}-horse ${secret}`;
    const cuts = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(cuts, (sizes) => {
        const filter = open(secret);
        const shown: LogLine[] = [];
        let at = 0;
        for (const size of sizes) {
          if (at >= text.length) break;
          shown.push(...filter.push(piece(text.slice(at, at + size), true)));
          shown.push(...filter.push(piece('other correct-h', false, 'stderr')));
          at += size;
        }
        shown.push(...filter.push(piece(text.slice(at), false)));
        const out = shown.filter(({ stream }) => stream === 'stdout').map((line) => line.text);
        expect(out.join('')).toBe('see ***, and correct-***-horse ***');
      }),
    );
  });

  it('does not end with the beginning of a value', () => {
    const filter = open(secret);
    expect(filter.push(piece('x correct-hor', true))).toEqual([piece('x ', true)]);
    expect(filter.end()).toEqual([piece('***', false)]);
    expect(filter.end()).toEqual([]);
    expect(filter.push(piece('x cor', true))).toEqual([piece('x ', true)]);
    expect(filter.end()).toEqual([piece('cor', false)]);
  });

  it('holds back no more of a long line than a value has', () => {
    const filter = open('aaaaaa');
    const shown = Array.from({ length: 9 }, () => filter.push(piece('a'.repeat(1_000), true)));
    expect(shown.flat()).toEqual([piece('***', true)]);
    expect(filter.push(piece('b', false))).toEqual([piece('b', false)]);
  });

  it('finds a value that control characters were to hide', () => {
    const [line] = open(secret).push(piece('\u001b[1mcorr\u0000ect-\u001b[Khorse\u001b[0m', false));
    expect(line?.text).toBe('\u001b[1m***\u001b[0m');
  });

  it('keeps lines within their limit where the mask is longer', () => {
    const many = open('€€€€€€').push(piece('x'.repeat(logLineBytesMax), false));
    expect(many).toHaveLength(1);
    const lines = open('ab').push(piece('é'.repeat(logLineBytesMax), false));
    expect(lines.map(({ continued }) => continued)).toEqual([true, false]);
    for (const { text } of lines) expect(Buffer.byteLength(text)).toBe(logLineBytesMax);
  });
});
