import type { JobSummary } from '@node3/shared/routes/jobs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jobColumns } from '../commands/job-list.ts';
import { testJob } from '../testing/test-job.ts';
import { cutToWidth, displayWidth } from './display-width.ts';
import { type Column, layTable } from './table.ts';

describe('displayWidth', () => {
  it.each([
    ['plain', 5],
    ['日本語', 6],
    ['한국', 4],
    ['ｆｕｌｌ', 8],
    ['é', 1],
    ['👩‍🔬', 2],
    ['🇪🇺🇵🇹', 4],
    ['❤️', 2],
    ['©', 1],
    ['…', 1],
    ['\u200b', 0],
    ['', 0],
  ])('%j takes %i columns', (text, width) => {
    expect(displayWidth(text)).toBe(width);
  });

  it('cuts between what a reader sees as characters', () => {
    expect(cutToWidth('日本語', 5)).toBe('日本…');
    expect(cutToWidth('日本語', 4)).toBe('日…');
    expect(cutToWidth('👩‍🔬👩‍🔬', 3)).toBe('👩‍🔬…');
    expect([cutToWidth('abc', 1), cutToWidth('abc', 0)]).toEqual(['…', '']);
  });
});

describe('a table on a terminal', () => {
  const text = fc.oneof(
    fc.string({ maxLength: 60 }),
    fc.string({ unit: 'grapheme', maxLength: 30 }),
    fc.constant('a\u001b[2J\r\nb\t日本'),
  );
  const shape = fc.array(
    fc.record({
      title: fc.string({ unit: 'grapheme-ascii', maxLength: 12 }),
      align: fc.constantFrom('left' as const, 'right' as const),
      minor: fc.boolean(),
    }),
    { minLength: 1, maxLength: 10 },
  );

  it('fits at any width, whatever strangers wrote, and says what it leaves out', () => {
    const rows = fc.array(fc.array(text, { minLength: 10, maxLength: 10 }), { maxLength: 5 });
    fc.assert(
      fc.property(shape, rows, fc.integer({ min: 1, max: 130 }), (shapes, cells, width) => {
        const columns = shapes.map(({ title, align, minor }, at): Column<string[]> => {
          const column = { title, align, value: (row: string[]) => row[at] ?? '' };
          return minor ? { ...column, minor: true } : column;
        });
        const { lines, leftOut } = layTable(columns, cells, width);
        expect(lines).toHaveLength(cells.length + 1);
        for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(width);
        expect(leftOut.length).toBeLessThan(columns.length);
        const whole = layTable(columns, cells, null);
        expect(whole.leftOut).toEqual([]);
      }),
    );
  });

  const job = (name: string, change: Partial<JobSummary>): JobSummary => ({
    ...testJob({ state: 'succeeded', exitCode: 0 }),
    name,
    createdAt: '2026-11-21T11:00:00.000Z',
    startedAt: '2026-11-21T11:00:01.000Z',
    finishedAt: '2026-11-21T11:20:01.000Z',
    ...change,
  });
  const jobs = [
    job('resnet fine tuning on a long data set name that goes on and on', {}),
    job('学習ジョブ\u001b[31m', { state: 'running', exitCode: null, finishedAt: null }),
  ];
  const nowMs = Date.parse('2026-11-21T12:00:00.000Z');
  const listed = (width: number) => layTable(jobColumns(nowMs), jobs, width);

  it('keeps ids and amounts whole at 60, 80 and 120 columns', () => {
    expect(listed(60)).toMatchInlineSnapshot(`
      {
        "leftOut": [
          "EXIT",
          "RAN",
          "AGE",
        ],
        "lines": [
          "JOB                             STATE         PRICE  NAME",
          "job_06BR2J0S7XW8Z3Q1T5M4N6P9KD  succeed…  0.001 SOL  resnet…",
          "job_06BR2J0S7XW8Z3Q1T5M4N6P9KD  running   0.001 SOL  学習ジ…",
        ],
      }
    `);
    expect(listed(80)).toMatchInlineSnapshot(`
      {
        "leftOut": [],
        "lines": [
          "JOB                             STATE     EXIT      PRICE      RAN  AGE  NAME",
          "job_06BR2J0S7XW8Z3Q1T5M4N6P9KD  succeed…     0  0.001 SOL  20m 00s   1h  resnet…",
          "job_06BR2J0S7XW8Z3Q1T5M4N6P9KD  running      -  0.001 SOL        -   1h  学習ジ…",
        ],
      }
    `);
    expect(listed(120)).toMatchInlineSnapshot(`
      {
        "leftOut": [],
        "lines": [
          "JOB                             STATE      EXIT      PRICE      RAN  AGE  NAME",
          "job_06BR2J0S7XW8Z3Q1T5M4N6P9KD  succeeded     0  0.001 SOL  20m 00s   1h  resnet fine tuning on a long data set name th…",
          "job_06BR2J0S7XW8Z3Q1T5M4N6P9KD  running       -  0.001 SOL        -   1h  学習ジョブ",
        ],
      }
    `);
  });
});
