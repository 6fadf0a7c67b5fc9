import type { LogLine } from '@node3/shared/routes/jobs';
import { describe, expect, it } from 'vitest';
import { LogBuffer } from './log-buffer.ts';

const limits = { rowsMax: 100, charsMax: 10_000, rowCharsMax: 200 };

function line(seq: number, text: string, more: Partial<LogLine> = {}): LogLine {
  const at = '2026-11-21T00:00:00.000Z';
  return { seq, attempt: 1, stream: 'stdout', at, text, partial: false, ...more };
}

const texts = (buffer: LogBuffer) => buffer.rows.map((row) => row.text);

describe('LogBuffer', () => {
  it('keeps lines in order and ignores the ones it has', () => {
    const buffer = new LogBuffer(limits);
    buffer.append([line(1, 'a'), line(2, 'b')]);
    const version = buffer.version();
    buffer.append([line(1, 'a'), line(2, 'b')]);
    expect(buffer.version()).toBe(version);
    buffer.append([line(2, 'b'), line(3, 'c')]);
    expect(texts(buffer)).toEqual(['a', 'b', 'c']);
    expect(buffer.lastSeq).toBe(3);
  });

  it('tells a frame that joins on from one that leaves a gap', () => {
    const buffer = new LogBuffer(limits);
    expect(buffer.relation([line(1, 'a')])).toBe('next');
    expect(buffer.relation([line(2, 'b')])).toBe('gap');
    buffer.append([line(1, 'a')]);
    expect(buffer.relation([line(1, 'a')])).toBe('seen');
    expect(buffer.relation([line(1, 'a'), line(2, 'b')])).toBe('next');
    expect(buffer.relation([line(3, 'c')])).toBe('gap');
    expect(buffer.relation([])).toBe('seen');
  });

  it('lets a partial line grow in place, apart from the other stream', () => {
    const buffer = new LogBuffer(limits);
    buffer.append([line(1, 'name: ', { partial: true })]);
    expect(buffer.rows[0]).toMatchObject({ text: 'name: ', open: true });
    buffer.append([line(2, 'oops', { stream: 'stderr' }), line(3, 'Ana')]);
    expect(texts(buffer)).toEqual(['name: Ana', 'oops']);
    expect(buffer.rows[0]).toMatchObject({ seq: 1, open: false });
    buffer.append([line(4, 'next')]);
    expect(texts(buffer)).toEqual(['name: Ana', 'oops', 'next']);
  });

  it('shows only the last state of a progress bar that comes in pieces', () => {
    const buffer = new LogBuffer(limits);
    for (let step = 1; step <= 9; step += 1) {
      buffer.append([line(step, `\r${step * 10}%`, { partial: true })]);
    }
    buffer.append([line(10, '\r100%')]);
    expect(texts(buffer)).toEqual(['100%']);
  });

  it('does not join a line to one of an earlier attempt', () => {
    const buffer = new LogBuffer(limits);
    buffer.append([line(1, 'half', { partial: true }), line(2, 'new', { attempt: 2 })]);
    expect(texts(buffer)).toEqual(['half', 'new']);
  });

  it('drops the oldest rows beyond its limits and says how many', () => {
    const buffer = new LogBuffer(limits);
    buffer.append(Array.from({ length: 250 }, (_, index) => line(index + 1, `line ${index + 1}`)));
    expect(buffer.rows.length).toBeLessThanOrEqual(limits.rowsMax);
    expect(buffer.rows.length).toBeGreaterThan(limits.rowsMax / 2);
    expect(buffer.droppedRows + buffer.rows.length).toBe(250);
    expect(buffer.rows.at(-1)?.text).toBe('line 250');
  });

  it('bounds the characters as well, and still grows the right row afterwards', () => {
    const buffer = new LogBuffer({ ...limits, charsMax: 500 });
    buffer.append(Array.from({ length: 20 }, (_, index) => line(index + 1, 'x'.repeat(100))));
    expect(buffer.rows.reduce((sum, row) => sum + row.text.length, 0)).toBeLessThanOrEqual(500);
    buffer.append([line(21, 'ab', { partial: true })]);
    buffer.append([line(22, 'y'.repeat(100), { stream: 'stderr' }), line(23, 'cd')]);
    expect(texts(buffer)).toContain('abcd');
  });
});
