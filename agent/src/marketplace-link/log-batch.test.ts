import { limits } from '@node3/shared/limits';
import { countLines, linesOf } from '@node3/shared/log-blocks';
import { describe, expect, it } from 'vitest';
import { agentLimits } from '../agent-limits.ts';
import { cutBlockBatch, cutLineBatch } from './log-batch.ts';

const line = (seq: number, text: string) => ({
  seq,
  stream: 'stdout' as const,
  atMs: 1,
  text,
  partial: false,
});

describe('cutLineBatch', () => {
  it('is nothing for no lines', () => {
    expect(cutLineBatch([])).toBeNull();
  });

  it('takes at most the lines that a batch may hold', () => {
    const lines = Array.from({ length: limits.logLinesPerBatch + 5 }, (_, i) => line(i + 7, 'x'));
    const batch = cutLineBatch(lines);
    expect(batch?.seqFirst).toBe(7);
    expect(batch?.lines).toHaveLength(limits.logLinesPerBatch);
    expect(batch?.seqLast).toBe(6 + limits.logLinesPerBatch);
  });

  it('counts bytes as JSON, where a control character takes six', () => {
    const wide = '\u0001'.repeat(limits.logLineBytes);
    const lines = Array.from({ length: 100 }, (_, i) => line(i + 1, wide));
    const batch = cutLineBatch(lines);
    const bytes = Buffer.byteLength(JSON.stringify(batch?.lines));
    expect(bytes).toBeLessThanOrEqual(agentLimits.logBatchBytes);
    expect(bytes).toBeGreaterThan(agentLimits.logBatchBytes / 2);
  });
});

/** Blocks of such texts, numbered from 7. */
function blocksOf(...texts: string[]) {
  let seq = 7;
  return texts.map((text) => {
    const lineCount = countLines(text);
    seq += lineCount;
    const bytes = Buffer.from(text);
    return { seq: seq - lineCount, stream: 'stdout' as const, atMs: 1, lineCount, bytes };
  });
}

describe('cutBlockBatch', () => {
  it('is nothing for no lines', () => {
    expect(cutBlockBatch([])).toBeNull();
  });

  it('takes whole blocks, as many as a batch may hold', () => {
    const text = 'x\n'.repeat(limits.logLinesPerBatch / 2);
    const batch = cutBlockBatch(blocksOf(text, text, 'y\n'));
    expect(batch).toMatchObject({ seqFirst: 7, seqLast: 6 + limits.logLinesPerBatch });
    expect(batch?.blocks).toHaveLength(2);
  });

  it.each([
    ['lines', '\n'.repeat(3 * limits.logLinesPerBatch)],
    ['bytes', `${'€'.repeat(5_000)}\n`.repeat(300)],
    ['bytes of short lines', `${'x'.repeat(150)}\n`.repeat(limits.logLinesPerBatch)],
  ])('cuts a block that has too many %s by itself, and loses none', (_name, text) => {
    let blocks = blocksOf(text);
    const lines = linesOf(blocks);
    let seqLast = 6;
    for (let rest = text; rest !== ''; ) {
      const batch = cutBlockBatch(blocks);
      const [cut] = batch?.blocks ?? [];
      expect(batch?.seqFirst).toBe(seqLast + 1);
      expect(cut?.lineCount).toBeLessThanOrEqual(limits.logLinesPerBatch);
      expect(Buffer.byteLength(cut?.text ?? '')).toBeLessThanOrEqual(agentLimits.logBlockBytes);
      expect(rest.startsWith(cut?.text ?? '?')).toBe(true);
      rest = rest.slice(cut?.text.length);
      seqLast = batch?.seqLast ?? 0;
      const lineCount = countLines(rest);
      const bytes = Buffer.from(rest);
      blocks = [{ seq: seqLast + 1, stream: 'stdout', atMs: 1, lineCount, bytes }];
    }
    expect(seqLast).toBe(6 + lines);
  });

  it('is small enough for one request, whatever the lines say', () => {
    const colours = `${'\u001b[m'.repeat(1_000)}\n`;
    const batch = cutBlockBatch(blocksOf(...Array<string>(1_000).fill(colours)));
    const bytes = Buffer.byteLength(JSON.stringify(batch));
    expect(bytes).toBeLessThan(limits.agentBodyBytes * 0.9);
    expect(bytes).toBeGreaterThan(limits.agentBodyBytes / 2);
  });
});
