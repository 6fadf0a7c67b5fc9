import { Buffer } from 'node:buffer';
import { linesOf, sliceBlocks, toBlocks, toLines } from '@node3/shared/log-blocks';
import { logStreams } from '@node3/shared/routes/jobs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  BlockGatherer,
  type ByteBlock,
  describeBlocks,
  joinBytes,
  partsOf,
  readBlocks,
  sliceBytes,
  toByteBlock,
  toTextBlock,
} from './byte-blocks.ts';

const line = fc.record({
  stream: fc.constantFrom(...logStreams),
  atMs: fc.integer({ min: 1, max: 2 }),
  text: fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 6 }),
    fc.constantFrom('x'.repeat(40_000), '€'.repeat(30_000)),
  ),
  partial: fc.boolean(),
});
const lines = fc.array(line, { maxLength: 12 });

describe('blocks of bytes', () => {
  it('gathered one by one have the same lines, whatever becomes of the memory of each', () => {
    fc.assert(
      fc.property(lines, fc.nat({ max: 12 }), (given, cut) => {
        const gatherer = new BlockGatherer();
        const found = [given.slice(0, cut), given.slice(cut)].map((half) => {
          for (const each of half) {
            for (const block of toBlocks([each]).map(toByteBlock)) {
              gatherer.add(block);
              block.bytes.fill('!');
            }
          }
          return gatherer.take();
        });
        expect(linesIn(found.flat())).toEqual(toBlocks(given).flatMap(toLines));
      }),
    );
  });

  it('are one where they have stream and time in common and none of them is open', () => {
    const gatherer = new BlockGatherer();
    const text = (of: string, atMs = 1) => ({ ...blockOf(Buffer.from(of)), atMs });
    for (const block of [text('a\n'), text('b\n'), text('c'), text('d\n'), text('e\n', 2)]) {
      gatherer.add(block);
    }
    const found = gatherer.take().map(({ bytes, lineCount }) => [bytes.toString(), lineCount]);
    expect(found).toEqual([
      ['a\nb\nc', 3],
      ['d\n', 1],
      ['e\n', 1],
    ]);
    expect(gatherer.take()).toEqual([]);
  });

  it('are read as they were stored, in parts of one piece of memory', () => {
    fc.assert(
      fc.property(lines, (given) => {
        const gatherer = new BlockGatherer();
        for (const block of toBlocks(given).map(toByteBlock)) gatherer.add(block);
        const parts = partsOf(gatherer.take());
        const read = parts.flatMap((part) =>
          readBlocks(describeBlocks(part), Buffer.from(joinBytes(part))),
        );
        expect(linesIn(read)).toEqual(toBlocks(given).flatMap(toLines));
        for (const part of parts) expect(part.length === 1 || isSmall(part)).toBe(true);
      }),
    );
  });

  it('are joined by a copy where they lie apart', () => {
    const apart = ['a\n', 'b\n'].map((text) => blockOf(Buffer.from(text)));
    expect(joinBytes(apart).toString()).toBe('a\nb\n');
    expect(joinBytes([])).toHaveLength(0);
  });

  it('are cut at lines as texts are', () => {
    fc.assert(
      fc.property(lines, fc.nat({ max: 14 }), fc.nat({ max: 14 }), (given, from, to) => {
        const texts = toBlocks(given);
        const cut = sliceBytes(texts.map(toByteBlock), from, to);
        expect(cut.map(toTextBlock)).toEqual(sliceBlocks(texts, from, to));
        expect(linesOf(cut)).toBe(Math.max(0, Math.min(to, linesOf(texts)) - from));
      }),
    );
  });

  it('with more bytes than they say are a defect', () => {
    const described = describeBlocks([blockOf(Buffer.from('a\n'))]);
    expect(() => readBlocks(described, Buffer.from('a\nb'))).toThrow(/as many bytes/);
  });
});

function blockOf(bytes: Buffer): ByteBlock {
  return { stream: 'stdout', atMs: 1, lineCount: 1, bytes };
}

function linesIn(blocks: readonly ByteBlock[]) {
  return blocks.map(toTextBlock).flatMap(toLines);
}

function isSmall(part: readonly ByteBlock[]): boolean {
  return part.reduce((sum, { bytes }) => sum + bytes.length, 0) <= 64 * 1024;
}
