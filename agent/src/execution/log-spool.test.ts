import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { limits } from '@node3/shared/limits';
import { lineTexts } from '@node3/shared/log-blocks';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LogBudget, logLinesMax } from '../executors/log-lines.ts';
import { toTextBlock } from '../journal/byte-blocks.ts';
import { SqliteJournal } from '../journal/sqlite/sqlite-journal.ts';
import { ManualHostClock } from '../testing/manual-host-clock.ts';
import { sampleOffer } from '../testing/sample-offer.ts';
import { LogFilter, showLine } from './log-filter.ts';
import { LogSpool } from './log-spool.ts';
import { findResumePoint } from './resumed-lines.ts';
import { SecretRedactor } from './secret-redactor.ts';

let folder: string;
let journal: SqliteJournal;
let executionId: string;
let clock: ManualHostClock;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'node3-spool-'));
  clock = new ManualHostClock();
  journal = new SqliteJournal({ path: join(folder, 'j.sqlite'), newOwnerId: () => 'owner' });
  const offer = sampleOffer();
  journal.recordOffer(offer, 1);
  executionId = offer.executionId;
});
afterEach(() => {
  journal.close();
  rmSync(folder, { recursive: true });
});

function openSpool(bytesMax: number, onLines = () => undefined as void) {
  return new LogSpool({ journal, clock, executionId, bytesMax, liveJobs: () => 1, onLines });
}
const line = (text: string, atMs = 1, stream: 'stdout' | 'stderr' | 'system' = 'stdout') => ({
  stream,
  atMs,
  text,
  continued: false,
});
const blockOf = (lineCount: number) => {
  const bytes = Buffer.from('\n'.repeat(lineCount));
  return { stream: 'stdout' as const, atMs: 1, lineCount, bytes };
};
const texts = () => journal.readBlocks(executionId, 0).map(toTextBlock).flatMap(lineTexts);

describe('LogSpool', () => {
  it('writes by itself soon after the first line', async () => {
    const onLines = vi.fn();
    openSpool(100, onLines).add(line('a'));
    expect(texts()).toEqual([]);
    await vi.waitFor(() => expect(texts()).toEqual(['a']), 20_000);
    expect(onLines).toHaveBeenCalledTimes(1);
  });

  it('gathers longer where a commit has just been', () => {
    vi.useFakeTimers();
    try {
      const spool = openSpool(100);
      spool.add(line('a'));
      vi.advanceTimersByTime(5);
      expect(texts()).toEqual(['a']);
      spool.add(line('b'));
      vi.advanceTimersByTime(14);
      expect(texts()).toEqual(['a']);
      clock.advance(14);
      spool.add(line('c'));
      vi.advanceTimersByTime(1);
      expect(texts()).toEqual(['a', 'b', 'c']);
    } finally {
      vi.useRealTimers();
    }
  });

  it('[6.29] cuts off at the limit, says so once, and lets the executor speak on', () => {
    const spool = openSpool(6);
    spool.add(line('ab'));
    spool.add(line('cd'));
    spool.add(line('e'));
    spool.add(line('f'));
    spool.add(line('executor', 1, 'system'));
    spool.flush();
    const marker = "[output truncated: the job's log limit of 6 bytes is reached]";
    expect(texts()).toEqual(['ab', 'cd', marker, 'executor']);
  });

  it('says once that the log is cut off, of which its executor tells too, also after a restart', () => {
    const marker = "[output truncated: the job's log limit of 6 bytes is reached]";
    const spool = openSpool(6);
    spool.add(line('a'));
    spool.add(line('b'));
    const cut = new LogBudget(6).take(line('a long line')).lines;
    for (const each of cut) spool.add(each);
    spool.flush();
    const next = openSpool(6);
    for (const each of cut) next.add(each);
    next.flush();
    expect(texts()).toEqual(['a', 'b', marker]);
    expect(journal.find(executionId)?.lines.truncated).toBe(true);
  });

  it('reads no more after a restart where its executor has told the end of it', () => {
    const spool = openSpool(100);
    for (const each of new LogBudget(6).take(line('long line')).lines) spool.add(each);
    spool.flush();
    expect(journal.find(executionId)?.lines.truncated).toBe(true);
  });

  it('keeps lines that could not be written: no later place is written without them', () => {
    const spool = openSpool(100);
    spool.add(line('a'));
    const append = vi.spyOn(journal, 'appendBlocks').mockImplementationOnce(() => {
      throw new Error('database or disk is full');
    });
    expect(() => spool.flush()).toThrow('disk is full');
    append.mockRestore();
    spool.add(line('b'));
    spool.flush();
    expect(texts()).toEqual(['a', 'b']);
  });

  it('cuts off empty lines at a number of them, also after a restart', () => {
    const bytesMax = 100_000;
    const some = logLinesMax(bytesMax) - 1;
    const first = openSpool(bytesMax);
    for (let n = 0; n < some; n += 1) first.add(line(''));
    first.flush();
    const second = openSpool(bytesMax);
    for (let n = 0; n < 5; n += 1) second.add(line(''));
    second.flush();
    expect(journal.find(executionId)?.lines).toMatchObject({ spooled: some + 2, truncated: true });
    expect(journal.tailLines(executionId, 1)[0]?.text).toContain('lines is reached');
  });

  it('drops what comes too fast for long, and says how much', () => {
    const spool = openSpool(Number.MAX_SAFE_INTEGER);
    const { logLinesBurst } = limits;
    for (let left = logLinesBurst - 3; left > 0; left -= 9_000) {
      const block = blockOf(Math.min(left, 9_000));
      expect(spool.admitsBlock(block)).toBe(true);
      spool.addBlock(block);
    }
    expect(spool.admitsBlock(blockOf(10))).toBe(false);
    for (let n = 0; n < 10; n += 1) {
      if (spool.admits(line(''))) spool.add(line(''));
    }
    spool.flush();
    const { spooled } = journal.find(executionId)?.lines ?? { spooled: 0 };
    expect(spooled).toBe(logLinesBurst + 1);
    expect(journal.tailLines(executionId, 1)[0]?.text).toBe(
      '[output truncated: 7 lines are missing here, of more than 100000 lines a second]',
    );
  });

  it('shows nothing of a value of which a piece came too fast', () => {
    const spool = openSpool(Number.MAX_SAFE_INTEGER);
    const filter = new LogFilter(new SecretRedactor(['correct-horse-battery']));
    const take = (text: string, continued: boolean) =>
      showLine(spool, filter, { ...line(text), continued }).forEach((shown) => spool.add(shown));
    expect(spool.admitsBlock(blockOf(limits.logLinesBurst - 1))).toBe(true);
    take('x correct-', true);
    take('horse-', true);
    clock.advance(1_000);
    take('battery, and more', false);
    take('next', false);
    spool.flush();
    expect(texts()).toEqual([
      'x ',
      '***',
      '[output truncated: 2 lines are missing here, of more than 100000 lines a second]',
      'next',
    ]);
  });

  it('admits no more lines together than the limit has room for', () => {
    const spool = openSpool(6);
    expect(spool.admitsBlock(blockOf(7))).toBe(false);
    const block = blockOf(4);
    expect(spool.admitsBlock(block)).toBe(true);
    spool.addBlock(block);
    expect(spool.admitsBlock(blockOf(3))).toBe(false);
    expect(spool.admitsBlock(blockOf(2))).toBe(true);
    spool.flush();
    expect(journal.find(executionId)?.lines).toMatchObject({ spooled: 4, bytes: 4 });
  });

  it('admits nothing beyond the limit', () => {
    const spool = openSpool(6);
    spool.add(line('abcdef'));
    expect(spool.admitsBlock(blockOf(1))).toBe(false);
    expect(spool.admits(line('a'))).toBe(false);
    expect(spool.admits(line('a', 1, 'system'))).toBe(true);
    spool.flush();
    expect(texts()).toEqual([expect.stringContaining('the job')]);
  });

  it('counts on after a restart', () => {
    const first = openSpool(6);
    first.add(line('ab'));
    first.flush();
    const second = openSpool(6);
    second.add(line('cdef'));
    second.flush();
    const third = openSpool(6);
    third.add(line('g'));
    third.flush();
    expect(texts()).toHaveLength(2);
    expect(texts()[1]).toContain('truncated');
  });
});

describe('findResumePoint', () => {
  it('starts from the beginning when nothing was read', () => {
    const resume = findResumePoint(journal, executionId);
    expect(resume.sinceMs).toBeUndefined();
    expect(resume.isRepeated(line('a'))).toBe(false);
  });

  it('recognises each line of the last millisecond once', () => {
    const spool = openSpool(1_000);
    for (const text of ['old', 'a', 'a', 'b']) spool.add(line(text, text === 'old' ? 4 : 5));
    spool.say('a word of the agent itself');
    spool.flush();
    const resume = findResumePoint(journal, executionId);
    expect(resume.sinceMs).toBe(5);
    const repeated = ['a', 'b', 'a', 'a', 'new'].map((text) => resume.isRepeated(line(text, 5)));
    expect(repeated).toEqual([true, true, true, false, false]);
    expect(resume.isRepeated(line('b', 5, 'stderr'))).toBe(false);
    expect(resume.isRepeated(line('b', 6))).toBe(false);
  });

  it('goes back to where a line began that had not ended', () => {
    const spool = openSpool(1_000);
    spool.add(line('whole', 1));
    for (const atMs of [3, 4]) spool.add({ ...line(`piece ${atMs}`, atMs), continued: true });
    spool.add(line('other', 6, 'stderr'));
    spool.flush();
    const resume = findResumePoint(journal, executionId);
    expect(resume.sinceMs).toBe(3);
    expect(resume.isRepeated(line('piece 3', 3))).toBe(true);
    // Begun before the line of the other stream, and read after it.
    expect(resume.isRepeated(line('rest', 5))).toBe(false);
  });
});
