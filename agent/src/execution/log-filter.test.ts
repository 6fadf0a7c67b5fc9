import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LogLine } from '../executors/executor.ts';
import { logLineBytesMax } from '../executors/executor-limits.ts';
import { LineAssembler } from '../executors/log-lines.ts';
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

  it('finds a value that colours were to hide, however the line is cut', () => {
    const colour = '\u001b[1;36m';
    const text = `a ${colour}correct-${colour}hor${colour}se${colour} b \u001b]0;t\u0007c\u001b[2Kd`;
    const visible = (lines: LogLine[]) => {
      const whole = lines.map((line) => line.text).join('');
      return [whole.split(colour).length - 1, whole.replaceAll(colour, '')];
    };
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 20 }), (sizes) => {
        const filter = open(secret);
        const shown: LogLine[] = [];
        let at = 0;
        for (const size of sizes) {
          shown.push(...filter.push(piece(text.slice(at, at + size), true)));
          at += size;
        }
        shown.push(...filter.push(piece(text.slice(at), false)));
        expect(visible(shown)).toEqual([4, 'a *** b cd']);
      }),
    );
    const [digits] = open('12345678').push(
      piece('\u001b[12345678mx\u001b[1m1234\u001b[m5678', false),
    );
    expect(digits?.text).toBe('x\u001b[1m***\u001b[m');
  });

  it('holds few colours back', () => {
    const filter = open(secret);
    filter.push(piece('correct', true));
    for (let n = 0; n < 1_000; n += 1) filter.push(piece('\u001b[1m', true));
    const [line] = filter.push(piece('-cow', false));
    expect(line?.text.length).toBeLessThan(500);
    expect(line?.text).toMatch(/^correct.*-cow$/su);
  });

  it('does not end with the beginning of a value where the workload was ended', () => {
    const filter = open(secret);
    const assembler = new LineAssembler('stdout');
    assembler.push(Buffer.from('x correct-hor'), 1);
    expect(assembler.end().flatMap((line) => filter.push(line))).toEqual([piece('x ***', false)]);
  });

  it('keeps lines within their limit where the mask is longer', () => {
    const many = open('€€€€€€').push(piece('x'.repeat(logLineBytesMax), false));
    expect(many).toHaveLength(1);
    const lines = open('ab').push(piece('é'.repeat(logLineBytesMax), false));
    expect(lines.map(({ continued }) => continued)).toEqual([true, false]);
    for (const { text } of lines) expect(Buffer.byteLength(text)).toBe(logLineBytesMax);
  });

  it('takes lines together only where none of them needs a look', () => {
    const text = 'a\tb\r\n\né😀\n';
    expect(open().isPlainBytes(Buffer.from(text))).toBe(true);
    expect(open(secret).isPlainBytes(Buffer.from(text))).toBe(false);
    for (const control of ['\u001b[31m', '\0', '\u007f', '\u009b', '\v']) {
      expect(open().isPlainBytes(Buffer.from(`${text}${control}\n`))).toBe(false);
    }
    const filter = open();
    filter.push(piece('x'.repeat(logLineBytesMax), true));
    expect(filter.isPlainBytes(Buffer.from(text))).toBe(false);
    filter.push(piece('end', false));
    expect(filter.isPlainBytes(Buffer.from(text))).toBe(true);
  });
});
