import { limits } from '@node3/shared/limits';
import { expect, it } from 'vitest';
import { WaitingJobs } from './waiting-jobs.ts';

const posted = (jobId: string, accountId: string, atMs = 0) => ({
  name: 'job.posted' as const,
  jobId,
  accountId,
  atMs,
});
const many = (count: number, accountId: string) =>
  Array.from({ length: count }, (_, i) => posted(`${accountId}-${i}`, accountId));

it('leaves room for the jobs of others, however many one account posts', () => {
  const waiting = new WaitingJobs();
  waiting.note(many(10 * limits.preemptWaitingMax, 'greedy'));
  waiting.note([posted('modest-0', 'modest')]);
  expect(waiting.due(limits.preemptAfterMs)).toContain('modest-0');
});

it('looks at so many in a turn, each account’s in its turn', () => {
  const waiting = new WaitingJobs();
  const accounts = Array.from({ length: 30 }, (_, i) => `account-${i}`);
  for (const account of accounts) waiting.note(many(20, account));
  waiting.note([posted('last-0', 'last')]);
  const seen = new Set<string>();
  for (let turn = 0; turn < 3; turn += 1) {
    const due = waiting.due(limits.preemptAfterMs);
    expect(new Set(due).size).toBe(due.length);
    expect(due.length).toBeLessThanOrEqual(limits.preemptWaitingMax);
    expect(due.length).toBeGreaterThan(limits.preemptWaitingMax / 2);
    for (const jobId of due) seen.add(jobId);
  }
  expect(seen.size).toBe(30 * 20 + 1);
});

it('forgets what was assigned or has ended, and waits as long as it is told', () => {
  const waiting = new WaitingJobs();
  waiting.note([...many(3, 'a'), { ...posted('a-0', 'a'), name: 'job.assigned' }]);
  expect(waiting.due(limits.preemptAfterMs - 1)).toEqual([]);
  expect(waiting.due(limits.preemptAfterMs)).toEqual(['a-1', 'a-2']);
  waiting.again('a-1', 60_000);
  waiting.delete('a-0');
  expect(waiting.due(59_999)).toEqual(['a-2']);
  waiting.note([{ ...posted('a-2', 'a'), name: 'job.ended' }]);
  expect(waiting.due(60_000)).toEqual(['a-1']);
});
