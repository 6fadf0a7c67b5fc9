import { priorities } from '@node3/shared/job-spec';
import { limits } from '@node3/shared/limits';
import { describe, expect, it } from 'vitest';
import { jobRankMs, nextFairMs } from './job-rank.ts';

const fresh = { priority: 'normal', dueMs: 1_000_000, fairMs: 0 } as const;

describe('the rank of a job', () => {
  it('[4.01] puts an urgent job before a normal one, but not before one that waited for an hour', () => {
    const urgent = jobRankMs({ ...fresh, priority: 'urgent' });
    expect(urgent).toBeLessThan(jobRankMs(fresh));
    const laterMs = fresh.dueMs + limits.priorityUrgentMs + 1;
    expect(jobRankMs({ ...fresh, priority: 'urgent', dueMs: laterMs })).toBeGreaterThan(
      jobRankMs(fresh),
    );
  });

  it('[4.01] puts each priority before the one below it', () => {
    const ranks = priorities.map((priority) => jobRankMs({ ...fresh, priority }));
    expect(ranks).toEqual(ranks.toSorted((a, b) => b - a));
    expect(new Set(ranks).size).toBe(priorities.length);
  });

  it('puts the thousandth job of one account behind the first of another', () => {
    let fairMs: number | null = null;
    for (let i = 0; i < 1_000; i += 1) fairMs = nextFairMs(fairMs, 0, 1_000_000);
    expect(jobRankMs({ ...fresh, fairMs: fairMs ?? 0 })).toBeGreaterThan(jobRankMs(fresh));
    expect(nextFairMs(fairMs, 0, 2_000_000)).toBe(2_000_000);
  });

  it('counts a job of eight GPUs as eight', () => {
    const one = nextFairMs(1_000_000, 1, 0);
    expect(nextFairMs(1_000_000, 8, 0) - 1_000_000).toBe(8 * (one - 1_000_000));
  });
});
