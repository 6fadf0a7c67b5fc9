import type { LogLine } from '@node3/shared/routes/jobs';
import { describe, expect, it, vi } from 'vitest';
import { LogBuffer } from './log-buffer.ts';
import { LogFeed } from './log-feed.ts';

const pageSize = 10;

function lines(from: number, to: number): LogLine[] {
  return Array.from({ length: to - from + 1 }, (_, index) => ({
    seq: from + index,
    attempt: 1,
    stream: 'stdout' as const,
    at: '2026-11-21T00:00:00.000Z',
    text: `line ${from + index}`,
    partial: false,
  }));
}

/** A log on a server: it grows, it ends, and it can fail to answer. */
function setUp() {
  const server = { lastSeq: 0, ended: false, failing: false, pages: 0 };
  const buffer = new LogBuffer();
  const feed = new LogFeed({
    buffer,
    async fetchPage(after = 0) {
      server.pages += 1;
      if (server.failing) throw new Error('unreachable');
      const to = Math.min(after + pageSize, server.lastSeq);
      const data = lines(after + 1, to);
      return { data, nextAfter: to, ended: server.ended && to === server.lastSeq };
    },
  });
  const seqs = () => buffer.rows.map((row) => row.seq);
  return { server, buffer, feed, seqs };
}

const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1);

describe('LogFeed', () => {
  it('reads every page of the history', async () => {
    const t = setUp();
    t.server.lastSeq = 35;
    await t.feed.catchUp();
    expect(t.seqs()).toEqual(upTo(35));
    expect(t.feed.state().phase).toBe('live');
    expect(t.feed.resumeAfter()).toBe(35);
  });

  it('adds live frames, and reads the pages when a frame leaves a gap', async () => {
    const t = setUp();
    t.server.lastSeq = 5;
    await t.feed.catchUp();
    t.feed.accept(lines(6, 7), { ended: false });
    expect(t.seqs()).toEqual(upTo(7));
    t.server.lastSeq = 12;
    t.feed.accept(lines(11, 12), { ended: false });
    await vi.waitFor(() => expect(t.seqs()).toEqual(upTo(12)), 20_000);
  });

  it('loses nothing that comes while the history is being read', async () => {
    const t = setUp();
    t.server.lastSeq = 5;
    const reading = t.feed.catchUp();
    t.server.lastSeq = 8;
    t.feed.accept(lines(6, 8), { ended: false });
    await reading;
    expect(t.seqs()).toEqual(upTo(8));
  });

  it('ends only when a page says that nothing is missing', async () => {
    const t = setUp();
    t.server.lastSeq = 3;
    await t.feed.catchUp();
    t.server.lastSeq = 6;
    t.server.ended = true;
    t.feed.accept(lines(6, 6), { ended: true });
    await vi.waitFor(() => expect(t.feed.state().phase).toBe('ended'), 20_000);
    expect(t.seqs()).toEqual(upTo(6));
    const { pages } = t.server;
    await t.feed.catchUp();
    expect(t.server.pages).toBe(pages);
  });

  it('keeps what it has through an outage and goes on from there', async () => {
    const t = setUp();
    t.server.lastSeq = 4;
    await t.feed.catchUp();
    t.server.failing = true;
    await t.feed.catchUp();
    expect(t.feed.state().error).toBeInstanceOf(Error);
    expect(t.seqs()).toEqual(upTo(4));
    t.server.failing = false;
    t.server.lastSeq = 9;
    await t.feed.catchUp();
    expect(t.feed.state()).toEqual({ phase: 'live', error: null });
    expect(t.seqs()).toEqual(upTo(9));
  });

  it('stops, and goes on from where it was when started again', async () => {
    const t = setUp();
    const phases: string[] = [];
    t.feed.subscribe(() => phases.push(t.feed.state().phase));
    t.server.lastSeq = 4;
    const stop = t.feed.start();
    await vi.waitFor(() => expect(t.seqs()).toEqual(upTo(4)), 20_000);
    stop();
    const { pages } = t.server;
    t.server.lastSeq = 6;
    await t.feed.catchUp();
    expect(t.server.pages).toBe(pages);
    t.feed.start();
    await vi.waitFor(() => expect(t.seqs()).toEqual(upTo(6)), 20_000);
    expect(phases).toEqual(['live']);
  });
});
