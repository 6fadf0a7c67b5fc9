import { describe, expect, it } from 'vitest';
import type { LogBlockRow } from '../store/rows.ts';
import { LiveFeed } from './live-feed.ts';

function block(seq: number, chars = 10): LogBlockRow {
  return { stream: 'stdout', atMs: 1, attempt: 1, seq, lineCount: 1, text: 'x'.repeat(chars) };
}

describe('lines that were just stored', () => {
  it('are kept of jobs that somebody follows, as long as somebody does', () => {
    const feed = new LiveFeed(0);
    feed.publishLogs('job_1', [block(1)]);
    expect(feed.recentLogs('job_1', 0)).toBeNull();
    const leave = feed.subscribeLogs('job_1', () => undefined);
    const leaveToo = feed.subscribeLogs('job_1', () => undefined);
    feed.publishLogs('job_1', [block(2)]);
    feed.publishLogs('job_2', [block(1)]);
    expect(feed.recentLogs('job_1', 1)).toEqual([block(2)]);
    expect(feed.recentLogs('job_1', 0)).toBeNull();
    leave();
    leave();
    expect(feed.recentLogs('job_1', 1)).toEqual([block(2)]);
    leaveToo();
    expect(feed.recentLogs('job_1', 1)).toBeNull();
  });

  it('are no more than 16 MiB of all jobs together, however many are followed', () => {
    const feed = new LiveFeed(0);
    const mebibyte = 1024 * 1024;
    const jobs = Array.from({ length: 40 }, (_, index) => `job_${index}`);
    for (const jobId of jobs) feed.subscribeLogs(jobId, () => undefined);
    let most = 0;
    for (const jobId of jobs) {
      feed.publishLogs(jobId, [block(1, mebibyte)]);
      const kept = jobs.filter((each) => feed.recentLogs(each, 0) !== null).length;
      most = Math.max(most, kept);
    }
    // Each counts with what it takes beside its text, so the sixteenth is too much.
    expect(most).toBe(15);
    expect(feed.recentLogs('job_39', 0)).not.toBeNull();
  });

  it('make room again when a job is no longer followed', () => {
    const feed = new LiveFeed(0);
    feed.subscribeLogs('job_1', () => undefined);
    feed.publishLogs('job_1', [block(1)]);
    for (let round = 0; round < 20; round += 1) {
      const leave = feed.subscribeLogs('job_2', () => undefined);
      feed.publishLogs('job_2', [block(1, 1024 * 1024)]);
      leave();
    }
    expect(feed.recentLogs('job_1', 0)).toEqual([block(1)]);
  });
});
