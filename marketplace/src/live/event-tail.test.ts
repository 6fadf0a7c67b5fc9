import { silentLogger } from '@node3/shared/logger';
import { beforeEach, describe, expect, it } from 'vitest';
import type { EventRow } from '../store/rows.ts';
import { EventTail } from './event-tail.ts';

function event(seq: number): EventRow {
  const subject = { accountId: null, jobId: null, executionId: null, reason: null };
  return { ...subject, seq, name: 'job.posted', atMs: seq, actor: 'marketplace', data: {} };
}

let log: EventRow[];
let published: number[];
let followed: number[];
let reads: number;
/** What a read waits for. */
let gate: Promise<void>;
let failure: Error | null;

const numbers = (events: readonly EventRow[]) => events.map(({ seq }) => seq);

function tailFrom(lastSeq: number): EventTail {
  return new EventTail(
    {
      store: {
        async eventsAfter(seq, limit) {
          reads += 1;
          await gate;
          if (failure !== null) throw failure;
          return log.filter((one) => one.seq > seq).slice(0, limit);
        },
      },
      log: silentLogger,
      publish: (events) => published.push(...numbers(events)),
      follow: (events) => followed.push(...numbers(events)),
    },
    lastSeq,
  );
}

beforeEach(() => {
  log = [];
  published = [];
  followed = [];
  reads = 0;
  gate = Promise.resolve();
  failure = null;
});

describe('the event tail', () => {
  it('publishes own commits at once, without a read', async () => {
    const tail = tailFrom(4);
    tail.start();
    await tail.catchUp();
    reads = 0;
    tail.noteOwn([event(5), event(6)]);
    tail.noteOwn([event(7)]);
    expect(published).toEqual([5, 6, 7]);
    expect([reads, followed]).toEqual([0, []]);
  });

  it('reads what others stored before an own commit, and keeps the order', async () => {
    const tail = tailFrom(0);
    tail.start();
    await tail.catchUp();
    log = [event(1), event(2), event(3), event(4)];
    tail.noteOwn([event(3)]);
    expect(published).toEqual([]);
    await tail.catchUp();
    expect(published).toEqual([1, 2, 3, 4]);
    expect(followed).toEqual([1, 2, 4]);
  });

  it('follows an own commit that it found in the log before it was told of it', async () => {
    const tail = tailFrom(0);
    log = [event(1), event(2)];
    tail.start();
    await tail.catchUp();
    tail.noteOwn([event(1)]);
    expect(published).toEqual([1, 2]);
    // As one of others, and again once this process knows that it is its own.
    expect(followed).toEqual([1, 2, 1]);
  });

  it('takes own commits in order that come while it reads', async () => {
    const open = Promise.withResolvers<void>();
    gate = open.promise;
    const tail = tailFrom(0);
    tail.start();
    tail.noteOwn([event(1)]);
    expect(published).toEqual([]);
    log = [event(1), event(2)];
    open.resolve();
    await tail.catchUp();
    expect(published).toEqual([1, 2]);
    expect(followed).toEqual([2]);
  });

  it('is not held up by numbers that were skipped, nor by a log that could not be read', async () => {
    const tail = tailFrom(0);
    tail.start();
    await tail.catchUp();
    failure = new Error('no connection');
    tail.hint(9);
    await tail.catchUp();
    failure = null;
    log = [event(2), event(7)];
    await tail.catchUp();
    expect(published).toEqual([2, 7]);
    // Nobody stored number 9, and an own commit after it is still taken.
    log.push(event(12));
    tail.noteOwn([event(12)]);
    await tail.catchUp();
    expect(published).toEqual([2, 7, 12]);
    expect(followed).toEqual([2, 7]);
  });

  it('reads a long log in pages, each event once', async () => {
    log = Array.from({ length: 2_500 }, (_, index) => event(index + 1));
    const tail = tailFrom(0);
    tail.start();
    await Promise.all([tail.catchUp(), tail.catchUp()]);
    expect(published).toEqual(numbers(log));
    expect(reads).toBe(3);
  });

  it('follows nobody before it is started', async () => {
    const tail = tailFrom(0);
    log = [event(1)];
    tail.hint(1);
    await tail.catchUp();
    expect(published).toEqual([]);
    tail.start();
    await tail.catchUp();
    expect(published).toEqual([1]);
  });
});
