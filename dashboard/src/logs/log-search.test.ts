import { describe, expect, it } from 'vitest';
import { findMatches } from './find-matches.ts';
import { LogSearch, type SearchWorker } from './log-search.ts';
import { LogStore } from './log-store.ts';
import type { SearchAnswer, SearchOrder } from './search-worker.ts';

function given(lineCount: number) {
  const store = new LogStore();
  const add = (from: number, to: number) =>
    store.add(
      Array.from({ length: to - from + 1 }, (_, index) => ({
        seq: from + index,
        attempt: 1,
        stream: 'stdout' as const,
        at: '2026-11-26T10:00:00.000Z',
        text: `line ${from + index}`,
        partial: false,
      })),
    );
  add(1, lineCount);
  const timers: (() => void)[] = [];
  const workers: { orders: SearchOrder[]; isEnded: boolean; answer(): void }[] = [];
  function startWorker(): SearchWorker {
    const orders: SearchOrder[] = [];
    let listener: (answer: SearchAnswer) => void = () => undefined;
    const worker = {
      orders,
      isEnded: false,
      answer() {
        const order = orders.at(-1);
        if (order === undefined) throw new Error('nothing was asked');
        listener({ id: order.id, matches: findMatches(order.texts, order.pattern) });
      },
    };
    workers.push(worker);
    return {
      post: (order) => void orders.push(order),
      onAnswer: (heard) => {
        listener = heard;
      },
      terminate: () => {
        worker.isEnded = true;
      },
    };
  }
  const search = new LogSearch(store, {
    startWorker,
    later(run) {
      timers.push(run);
      return () => undefined;
    },
  });
  return { store, add, search, timers, workers };
}
const words = (text: string) => ({ text, kind: 'plain' as const, isCaseSensitive: false });

describe('looking for something', () => {
  it('goes chunk by chunk, and looks through what comes', () => {
    const { add, search, workers } = given(1_500);
    search.search(words('LINE 10'));
    workers[0]?.answer();
    expect(search.state()).toMatchObject({ status: 'searching', hits: 12 });
    workers[0]?.answer();
    expect(search.state()).toMatchObject({ status: 'done', hits: 111 });
    expect(search.neighbour(10, 'next')).toBe(100);
    expect(search.neighbour(10, 'previous')).toBe(1_099);
    expect(search.neighbour(1_099, 'next')).toBe(10);
    expect(search.placeOf(100)).toBe(2);
    expect(search.marksOf(1_001)).toEqual([[0, 7]]);
    expect(search.marksOf(999)).toEqual([]);
    add(1_501, 1_600);
    search.follow();
    expect(workers[0]?.orders).toHaveLength(3);
  });

  it('gives up an expression that takes too long, with its worker', () => {
    const { search, timers, workers } = given(3);
    search.search({ text: '(a+)+$', kind: 'regex', isCaseSensitive: true });
    timers[0]?.();
    expect(search.state().status).toBe('slow');
    expect(workers[0]?.isEnded).toBe(true);
    search.search(words('line 2'));
    workers[1]?.answer();
    expect(search.state()).toMatchObject({ status: 'done', hits: 1 });
  });

  it('says what is wrong with an expression, and looks for nothing', () => {
    const { search, workers } = given(3);
    search.search({ text: '(', kind: 'regex', isCaseSensitive: false });
    expect(search.state().status).toBe('invalid');
    expect(search.state().problem).not.toBeNull();
    expect(workers).toHaveLength(0);
  });
});

describe('matches', () => {
  it('are words as they are, in any case or in this one', () => {
    const texts = ['a.b A.B', 'axb', ''];
    expect([...findMatches(texts, words('a.b'))]).toEqual([0, 0, 3, 0, 4, 7]);
    const exact = { ...words('A.B'), isCaseSensitive: true };
    expect([...findMatches(texts, exact)]).toEqual([0, 4, 7]);
  });

  it('are bounded, also of an expression that matches nothing', () => {
    expect(findMatches(['x'.repeat(1_000)], words('x'))).toHaveLength(150);
    expect(findMatches(['x'.repeat(1_000)], { ...words('y*'), kind: 'regex' })).toHaveLength(150);
  });
});
