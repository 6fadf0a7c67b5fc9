import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  countLines,
  isPacked,
  linesOf,
  packBlocks,
  sliceBlocks,
  toBlocks,
  toLines,
  unpackBlocks,
} from './log-blocks.ts';

const line = fc.record({
  stream: fc.constantFrom('stdout' as const, 'stderr' as const, 'system' as const),
  atMs: fc.integer({ min: 0, max: 3 }),
  text: fc.oneof(
    fc.constantFrom('', '\r', 'a', '[', 'blocks [['),
    fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll('\n', '')),
  ),
  partial: fc.boolean(),
});
const log = fc.array(line, { maxLength: 30 });

it('blocks have the lines that they were made of, and know how many', () => {
  fc.assert(
    fc.property(log, (lines) => {
      const blocks = toBlocks(lines);
      expect(blocks.flatMap(toLines)).toEqual(lines);
      for (const { text, lineCount } of blocks) expect(countLines(text)).toBe(lineCount);
      expect(linesOf(blocks)).toBe(lines.length);
    }),
  );
});

it('come out of their stored form as they went in', () => {
  fc.assert(
    fc.property(log, (lines) => {
      const body = packBlocks(toBlocks(lines));
      expect(isPacked(body)).toBe(true);
      expect(unpackBlocks(Buffer.from(body).toString()).flatMap(toLines)).toEqual(lines);
    }),
  );
});

it('are stored with a place for what no UTF-8 can have', () => {
  const lines = ['a\ud83d', '\ude00b', 'c'].map((text, index) => ({
    stream: 'stdout' as const,
    atMs: index,
    text,
    partial: false,
  }));
  const stored = Buffer.from(packBlocks(toBlocks(lines))).toString();
  expect(unpackBlocks(stored).map(({ text }) => text)).toEqual(['a\ufffd\n', '\ufffdb\n', 'c\n']);
});

it('are cut between lines only, at any of them', () => {
  fc.assert(
    fc.property(log, fc.nat(32), fc.nat(32), (lines, from, to) => {
      const cut = sliceBlocks(toBlocks(lines), from, to);
      expect(cut.flatMap(toLines)).toEqual(lines.slice(from, Math.max(from, to)));
      for (const { text, lineCount } of cut) expect(countLines(text)).toBe(lineCount);
    }),
  );
});
