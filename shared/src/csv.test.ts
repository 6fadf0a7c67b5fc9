import { describe, expect, it } from 'vitest';
import { formatCsv } from './csv.ts';

describe('CSV', () => {
  it('quotes texts, and runs no formula of a stranger', () => {
    const columns = [{ title: 'text', value: (text: string | number | null) => text }];
    const rows = ['a "b", c', '=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', 'a=1', -1, null];
    expect(formatCsv(columns, rows)).toEqual([
      'text',
      '"a ""b"", c"',
      `"'=1+1"`,
      `"'+1"`,
      `"'-1"`,
      `"'@SUM(A1)"`,
      `"'\t=1"`,
      `"'\r=1"`,
      '"a=1"',
      '-1',
      '',
    ]);
  });
});
