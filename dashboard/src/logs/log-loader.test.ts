import type { LogLine, LogPage } from '@node3/shared/routes/jobs';
import { describe, expect, it, vi } from 'vitest';
import { LogLoader } from './log-loader.ts';
import type { LinesWanted, LogSource } from './log-source.ts';
import { LogStore } from './log-store.ts';

/** A log as the server has it, and what was asked of it. */
class ServedLog implements LogSource {
  readonly channel = null;
  readonly jobId = null;
  readonly asked: LinesWanted[] = [];
  count: number;
  isOver: boolean;
  fails = false;

  constructor(count: number, isOver = false) {
    this.count = count;
    this.isOver = isOver;
  }

  line(seq: number): LogLine {
    const at = new Date(seq).toISOString();
    return { seq, attempt: 1, stream: 'stdout', at, text: `line ${seq}`, partial: false };
  }

  async page(wanted: LinesWanted): Promise<LogPage> {
    this.asked.push(wanted);
    if (this.fails) throw new Error('away');
    const { after, until = this.count } = wanted;
    const last = Math.min(this.count, until, after + 1_000);
    const data: LogLine[] = [];
    for (let seq = after + 1; seq <= last; seq += 1) data.push(this.line(seq));
    const ended = this.isOver && last >= this.count;
    const nextAfter = data.at(-1)?.seq ?? after;
    return { data, nextAfter, lastSeq: this.count, ended, removedAt: null };
  }

  async *lines({ after }: LinesWanted) {
    this.asked.push({ after });
    for (let seq = after + 1; seq <= this.count; seq += 1) yield this.line(seq);
  }
}

function open(source: ServedLog, firstSeq = 1, chunksMax = 1_000) {
  const store = new LogStore();
  const loader = new LogLoader(source, store, chunksMax);
  const stop = loader.start(firstSeq);
  return { store, loader, stop };
}
const textAt = (store: LogStore, chunk: number, row: number) => store.chunk(chunk)?.row(row).text;

describe('reading a log', () => {
  it('asks for the chunk of the line that it opens at, and for what is shown', async () => {
    const source = new ServedLog(1_000_000, true);
    const { store, loader } = open(source, 500_001);
    await vi.waitFor(() => expect(store.chunk(500)?.count).toBe(1_000));
    expect(source.asked).toEqual([{ after: 500_000, until: 501_000 }]);
    loader.show(999, 999);
    await vi.waitFor(() => expect(textAt(store, 999, 999)).toBe('line 1000000'));
    expect(source.asked).toHaveLength(2);
    expect(loader.state().phase).toBe('ended');
  });

  it('follows frames without a loss or a double, whatever was missed between them', async () => {
    const source = new ServedLog(10);
    const { store, loader } = open(source);
    await vi.waitFor(() => expect(loader.state().phase).toBe('live'));
    loader.accept([source.line(11), source.line(12)], { ended: false });
    loader.accept([source.line(12), source.line(13)], { ended: false });
    expect(store.chunk(0)?.through).toBe(13);
    expect(loader.resumeAfter()).toBe(13);
    source.count = 30;
    loader.accept([source.line(20)], { ended: false });
    expect(store.missingIn(0)).toBe(7);
    loader.show(0, 0);
    await vi.waitFor(() => expect(store.chunk(0)?.through).toBe(30));
    expect(store.chunk(0)?.count).toBe(30);
    source.isOver = true;
    loader.accept([], { ended: true });
    await vi.waitFor(() => expect(loader.state().phase).toBe('ended'));
  });

  it('does not read everything that was written while it was away', async () => {
    const source = new ServedLog(10);
    const { store, loader } = open(source);
    await vi.waitFor(() => expect(loader.state().phase).toBe('live'));
    source.count = 900_000;
    await loader.poll();
    expect(store.lastSeq).toBe(900_000);
    expect(source.asked.length).toBeLessThanOrEqual(3);
    expect(loader.resumeAfter()).toBe(900_000);
  });

  it('reads all of it in one answer, and no more than it may hold', async () => {
    const source = new ServedLog(5_500, true);
    const { store, loader } = open(source, 1, 3);
    await vi.waitFor(() => expect(loader.state().phase).not.toBe('loading'));
    expect(await loader.readAll()).toBe(false);
    expect(source.asked.at(-1)).toEqual({ after: 3_000 });
    expect(textAt(store, 5, 499)).toBe('line 5500');
    const all = open(new ServedLog(2_500, true));
    await vi.waitFor(() => expect(all.loader.state().phase).not.toBe('loading'));
    expect(await all.loader.readAll()).toBe(true);
  });

  it('says what went wrong, and goes on when it is told', async () => {
    const source = new ServedLog(10);
    source.fails = true;
    const { store, loader } = open(source);
    await vi.waitFor(() => expect(loader.state().error).toBeInstanceOf(Error));
    source.fails = false;
    loader.retry();
    await vi.waitFor(() => expect(store.chunk(0)?.count).toBe(10));
    expect(loader.state()).toMatchObject({ phase: 'live', error: null });
  });
});
