import { describe, expect, it } from 'vitest';
import { describeEnd } from '../job/outcome.ts';
import { TestHost } from '../testing/test-host.ts';
import { endedJob, testExecution } from '../testing/test-job.ts';
import type { OutputFormat } from './format.ts';
import { wantsColour } from './paint.ts';
import { sanitiseLine } from './sanitise.ts';
import { formatFacts, formatTable, formatTsv } from './table.ts';
import { createTerminal } from './terminal.ts';
import { ageText, durationText, moneyText, shorten } from './words.ts';

describe('sanitiseLine', () => {
  it.each([
    ['plain text stays', 'plain text stays'],
    ['tab\tand 10%\r20%', 'tab\tand 10%\r20%'],
    ['\u001b[1;31mred\u001b[0m', '\u001b[1;31mred\u001b[0m'],
    ['\u001b]0;title\u0007after', 'after'],
    ['\u001b]52;c;aGFjaw==\u001b\\after', 'after'],
    ['\u001b]8;;http://evil\u001b\\link\u001b]8;;\u001b\\', 'link'],
    ['\u001bPdevice\u001b\\after', 'after'],
    ['\u001b[2J\u001b[H\u001b[8mhidden', '\u001b[8mhidden'],
    ['\u009b2Jc1', 'c1'],
    ['\u001bc\u001b(0reset', 'reset'],
    ['a\u0008\u0008b\u0000\u007f', 'ab'],
    ['unfinished \u001b[31', 'unfinished 31'],
    ['unfinished \u001b]0;title', 'unfinished '],
    ['\u202egpj.exe', 'gpj.exe'],
  ])('%j becomes %j', (text, expected) => {
    expect(sanitiseLine(text, 'keep')).toBe(expected);
  });

  it('drops colours where they are not wanted', () => {
    expect(sanitiseLine('\u001b[31mred\u001b[0m', 'drop')).toBe('red');
  });
});

describe('a terminal', () => {
  it('never passes on what a stranger wrote for it to obey', async () => {
    const host = new TestHost({ argv: [] });
    const terminal = createTerminal(host, { format: 'table', quiet: false, colour: true });
    const name = 'agent\u001b]0;owned\u0007\u001b[2J\r\u009b2J\u202e';
    await terminal.data(name);
    await terminal.talk(`${name}\nnext`);
    await terminal.complain(name);
    await terminal.jsonLine({ name });
    expect(host.out).toBe(`agent\n${JSON.stringify({ name }).replace('\u009b', '\\u009b')}\n`);
    expect(host.err).toBe('agent\nnext\nagent\n');
  });
});

describe('tables', () => {
  const columns = [
    { title: 'NAME', value: (row: { name: string; n: number }) => row.name },
    { title: 'N', align: 'right' as const, value: (row: { n: number }) => String(row.n) },
    { title: 'END', value: () => 'x' },
  ];
  const rows = [
    { name: 'alpha', n: 7 },
    { name: 'β\tb', n: 1234 },
  ];

  it('aligns for people', () => {
    expect(formatTable(columns, rows)).toEqual([
      'NAME      N  END',
      'alpha     7  x',
      'β b    1234  x',
    ]);
  });

  it('separates with tabs for pipes, keeping each row on one line', () => {
    expect(formatTsv(columns, rows)).toEqual(['alpha\t7\tx', 'β b\t1234\tx']);
  });

  it('keep what a stranger wrote to its cell', () => {
    const hostile = 'a\nb\r\u001b[31mc\u2028d';
    const column = { title: 'NAME', value: () => hostile };
    expect(formatTable([column], [{}])).toEqual(['NAME', 'a b c d']);
    expect(formatTsv([column], [{}])).toEqual(['a b c d']);
    expect(formatFacts([['name', hostile]])).toEqual(['name  a b c d']);
    const executions = [{ ...testExecution, detail: hostile }];
    const job = { ...endedJob('failed', null), reason: 'image_not_found' as const, executions };
    expect(describeEnd(job).at(-1)).toBe('a b c d');
  });

  it('leaves out facts that are not known', () => {
    expect(
      formatFacts([
        ['a', '1'],
        ['gone', null],
        ['long', '2'],
      ]),
    ).toEqual(['a     1', 'long  2']);
  });
});

describe('words', () => {
  it('tells durations, ages and money', () => {
    expect([999, 3_210, 65_000, 3_720_000].map(durationText)).toEqual([
      '999 ms',
      '3.2 s',
      '1m 05s',
      '1h 02m',
    ]);
    const now = Date.parse('2026-11-21T12:00:00Z');
    expect(ageText('2026-11-21T11:58:00Z', now)).toBe('2m');
    expect(ageText('2026-11-18T12:00:00Z', now)).toBe('3d');
    expect(moneyText(null)).toBe('-');
    expect(shorten('abcdefghijklmnopqrstuvwxyz', 3)).toBe('abc…xyz');
  });
});

describe('wantsColour', () => {
  const output = { isTty: true, columns: 80, write: async () => undefined };
  const pipe = { ...output, isTty: false };
  it('follows the flag, NO_COLOR, FORCE_COLOR and the terminal, in this order', () => {
    expect(wantsColour({ refused: false, env: {}, output })).toBe(true);
    expect(wantsColour({ refused: false, env: {}, output: pipe })).toBe(false);
    expect(wantsColour({ refused: true, env: { FORCE_COLOR: '1' }, output })).toBe(false);
    expect(wantsColour({ refused: false, env: { NO_COLOR: '1', FORCE_COLOR: '1' }, output })).toBe(
      false,
    );
    expect(wantsColour({ refused: false, env: { NO_COLOR: '' }, output })).toBe(true);
    expect(wantsColour({ refused: false, env: { FORCE_COLOR: '1' }, output: pipe })).toBe(true);
    expect(wantsColour({ refused: false, env: { TERM: 'dumb' }, output })).toBe(false);
  });
});

describe('formats', () => {
  const page = { data: [{ name: 'a', jobId: 'job_1', price: { amount: '1' } }], nextCursor: null };
  const written = async (format: OutputFormat, fields: string[] | null = null) => {
    const host = new TestHost({ argv: [] });
    await createTerminal(host, { format, fields, quiet: false, colour: false }).object(page);
    return host.out;
  };

  it('[10.10] write one answer in every way a program reads', async () => {
    expect(JSON.parse(await written('json'))).toEqual(page);
    expect(await written('jsonl')).toBe(`${JSON.stringify(page.data[0])}\n`);
    expect(await written('id')).toBe('job_1\n');
    expect(await written('yaml')).toBe(
      'data:\n  - name: a\n    jobId: job_1\n    price:\n      amount: "1"\nnextCursor: null\n',
    );
  });

  it('pick fields by their path, and refuse one that no row has', async () => {
    expect(await written('jsonl', ['jobId', 'price.amount'])).toBe(
      '{"jobId":"job_1","price.amount":"1"}\n',
    );
    await expect(written('jsonl', ['jobbId'])).rejects.toThrow(/jobbId/);
  });

  it('fit a table to the terminal and leave what tells the rows apart', () => {
    const columns = [
      { title: 'ID', value: () => 'job_06BR2J0S7XW8' },
      { title: 'TEXT', value: () => 'a long text that goes on and on' },
    ];
    const lines = formatTable(columns, [{}], 30);
    expect(lines[1]).toBe('job_06BR2J0S7XW8  a long text…');
    expect(formatTable(columns, [{}])[1]).toContain('on and on');
  });
});
