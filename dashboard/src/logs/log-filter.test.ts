import type { LogLine } from '@node3/shared/routes/jobs';
import { describe, expect, it } from 'vitest';
import type { LogRow } from './log-buffer.ts';
import { filterRows, linesToText } from './log-filter.ts';

const row = (text: string): LogRow => ({
  seq: 1,
  attempt: 1,
  stream: 'stdout',
  atMs: 0,
  text,
  open: false,
});

describe('filterRows', () => {
  const rows = [row('Loss \u001b[33m0.5\u001b[0m'), row('done')];

  it('finds text whatever its case and colours', () => {
    expect(filterRows(rows, 'loss 0.5')).toEqual([rows[0]]);
    expect(filterRows(rows, 'x')).toEqual([]);
  });

  it('gives the very same rows for an empty filter', () => {
    expect(filterRows(rows, '  ')).toBe(rows);
  });
});

describe('linesToText', () => {
  const line = (text: string, more: Partial<LogLine> = {}): LogLine => ({
    seq: 1,
    attempt: 1,
    stream: 'stdout',
    at: '',
    text,
    partial: false,
    ...more,
  });

  it('joins partial lines, also over pages, and breaks between streams', () => {
    const open = line('name: ', { partial: true });
    expect(linesToText([open, line('Ana')], null)).toBe('name: Ana\n');
    expect(linesToText([line('Ana')], open)).toBe('Ana\n');
    expect(linesToText([line('oops', { stream: 'stderr' })], open)).toBe('\noops\n');
  });

  it('writes no control sequences', () => {
    expect(linesToText([line('\u001b[31mred\u001b[0m')], null)).toBe('red\n');
  });
});
