import type { LogLine } from '@node3/shared/routes/jobs';
import { describe, expect, it } from 'vitest';
import { LogStore } from './log-store.ts';
import { type LogFilter, LogView, noFilter } from './log-view.ts';

function line(seq: number, more: Partial<LogLine> = {}): LogLine {
  const at = new Date(seq * 1_000).toISOString();
  return { seq, attempt: 1, stream: 'stdout', at, text: `line ${seq}`, partial: false, ...more };
}
const lines = (from: number, to: number, more: Partial<LogLine> = {}) =>
  Array.from({ length: to - from + 1 }, (_, index) => line(from + index, more));

function viewOf(store: LogStore, filter: Partial<LogFilter> = {}, hits: number[] = []) {
  const view = new LogView(store, () => hits);
  view.set({ ...noFilter, ...filter });
  view.update(1);
  return view;
}
const seqsOf = (view: LogView) =>
  Array.from({ length: view.count }, (_, index) => view.row(index).seq);

describe('a log of which parts are here', () => {
  it('takes each line once, and none after a gap', () => {
    const store = new LogStore();
    store.add(lines(1, 3));
    store.add(lines(2, 5));
    store.add(lines(8, 9));
    expect(store.lastSeq).toBe(9);
    expect(store.missingIn(0)).toBe(4);
    expect(store.tailThrough()).toBe(5);
    store.add(lines(6, 9));
    expect(store.missingIn(0)).toBe(0);
    expect(seqsOf(viewOf(store))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('shows the place of lines that are not here, and finds any line by its number', () => {
    const store = new LogStore();
    store.add(lines(1, 10));
    store.noteLastSeq(2_500);
    const view = viewOf(store);
    expect(view.count).toBe(2_500);
    expect(view.row(9)).toMatchObject({ seq: 10, text: 'line 10' });
    expect(view.row(2_000)).toEqual({ seq: 2_001, text: null });
    expect(view.indexOfSeq(2_001)).toBe(2_000);
    store.add(lines(2_001, 2_500));
    expect(store.tailThrough()).toBe(2_500);
    expect(store.isComplete()).toBe(false);
    const after = viewOf(store);
    expect(after.row(2_499)).toMatchObject({ seq: 2_500, text: 'line 2500' });
    expect(after.chunkAt(2_000)).toBe(2);
  });

  it('joins the pieces of a line, each stream by itself, and drops states that were overwritten', () => {
    const store = new LogStore();
    store.add([
      line(1, { text: '10%\r', partial: true }),
      line(2, { text: 'oh', stream: 'stderr' }),
      line(3, { text: '90%\r', partial: true }),
      line(4, { text: 'done' }),
      line(5),
    ]);
    const view = viewOf(store);
    expect(view.count).toBe(3);
    expect(view.row(0)).toMatchObject({ seq: 1, text: 'done' });
    expect(view.row(1)).toMatchObject({ seq: 2, text: 'oh' });
    expect(view.indexOfSeq(4)).toBe(1);
    expect(view.indexOfSeq(5)).toBe(2);
  });

  it('drops what is furthest from the eye, and takes it again', () => {
    const store = new LogStore();
    store.add(lines(1, 5_000));
    store.trim(2, { from: 4, to: 4 });
    expect([...store.held()].map(([number]) => number)).toEqual([3, 4]);
    expect(viewOf(store).count).toBe(5_000);
    store.add(lines(1, 1_000));
    expect(viewOf(store).row(0)).toMatchObject({ text: 'line 1' });
  });

  it('leaves out by level, source, attempt and what was cleared', () => {
    const store = new LogStore();
    store.add([
      line(1, { text: 'ERROR a' }),
      line(2, { text: 'INFO b' }),
      line(3, { text: 'x', stream: 'stderr' }),
      line(4, { text: 'ERROR c', attempt: 2 }),
      line(5, { text: 'y', attempt: 2 }),
    ]);
    expect(store.levelCounts()).toEqual([2, 0, 1, 0]);
    expect(seqsOf(viewOf(store, { levels: ['error'] }))).toEqual([1, 4]);
    expect(seqsOf(viewOf(store, { levels: ['error', 'info'], attempt: 1 }))).toEqual([1, 2]);
    expect(seqsOf(viewOf(store, { streams: ['stderr'] }))).toEqual([3]);
    expect(seqsOf(viewOf(store, { clearedThrough: 3 }))).toEqual([4, 5]);
    expect(viewOf(store, { levels: ['error'] }).indexOfSeq(2)).toBe(1);
  });

  it('shows hits with so many rows around, also of the chunks beside', () => {
    const store = new LogStore();
    store.add(lines(1, 2_000));
    const view = new LogView(store, (chunk) => (chunk === 1 ? [0, 5] : []));
    view.set({ ...noFilter, around: 2 });
    view.update(1);
    expect(seqsOf(view)).toEqual([
      999, 1_000, 1_001, 1_002, 1_003, 1_004, 1_005, 1_006, 1_007, 1_008,
    ]);
    view.set({ ...noFilter, around: 0 });
    view.update(2);
    expect(seqsOf(view)).toEqual([1_001, 1_006]);
  });
});
