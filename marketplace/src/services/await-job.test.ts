import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { LiveFeed } from '../live/live-feed.ts';
import type { EventRow } from '../store/rows.ts';
import { followJob } from './await-job.ts';

const event = (seq: number, name: EventRow['name'], jobId: string | null): EventRow => ({
  seq,
  name,
  jobId,
  atMs: 0,
  actor: 'marketplace',
  accountId: null,
  executionId: null,
  reason: null,
  data: {},
});

describe('who waits for a job', () => {
  it('reads once at first and once after each event of that job, never for its log', async () => {
    const feed = new LiveFeed(0);
    let reads = 0;
    const waiting = followJob(feed, {
      jobId: 'job_1',
      read: async () => (reads += 1),
      isEnd: (sight) => sight === 3,
      signal: new AbortController().signal,
    });
    await setImmediate();
    feed.publishLogs('job_1', []);
    feed.publish([event(1, 'job.queued', 'job_2'), event(2, 'job.queued', null)]);
    await setImmediate();
    expect(reads).toBe(1);
    feed.publish([event(3, 'job.assigned', 'job_1')]);
    await setImmediate();
    expect(reads).toBe(2);
    feed.publish([event(4, 'job.ended', 'job_1')]);
    expect(await waiting).toBe(3);
  });

  it('leaves with what is true then when its signal aborts', async () => {
    const feed = new LiveFeed(0);
    const stop = new AbortController();
    let state = 'queued';
    const waiting = followJob(feed, {
      jobId: 'job_1',
      read: async () => state,
      isEnd: () => false,
      signal: stop.signal,
    });
    await setImmediate();
    state = 'running';
    stop.abort();
    expect(await waiting).toBe('running');
  });
});
