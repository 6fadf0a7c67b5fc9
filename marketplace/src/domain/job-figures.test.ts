import { describe, expect, it } from 'vitest';
import { figuresOf } from './job-figures.ts';

const ended = (state: string, jobs: number, timedRuns = jobs, runMs = jobs * 100) => ({
  state,
  jobs,
  timedRuns,
  runMs,
});

describe('figuresOf', () => {
  it('knows nothing of no jobs', () => {
    expect(figuresOf([], [])).toEqual({
      jobs: 0,
      succeeded: 0,
      failed: 0,
      cancelled: 0,
      successRatio: null,
      runMsMean: null,
      runMsP50: null,
      runMsP95: null,
      queueMsP50: null,
      queueMsP95: null,
    });
  });

  it('leaves those that were cancelled out of the ratio', () => {
    const all = [ended('succeeded', 3), ended('timed_out', 1), ended('cancelled', 6, 0, 0)];
    expect(figuresOf(all, [])).toMatchObject({
      jobs: 10,
      succeeded: 3,
      failed: 1,
      cancelled: 6,
      successRatio: 0.75,
      runMsMean: 100,
    });
  });

  it('takes the percentile by jobs, whatever the order of the rows', () => {
    const times = [
      { of: 'run' as const, ms: 900, jobs: 5 },
      { of: 'run' as const, ms: 10, jobs: 95 },
      { of: 'queue' as const, ms: 7, jobs: 1 },
    ];
    const figures = figuresOf([], times);
    expect(figures).toMatchObject({ runMsP50: 10, runMsP95: 10, queueMsP50: 7, queueMsP95: 7 });
    expect(figuresOf([], [...times, { of: 'run', ms: 901, jobs: 1 }]).runMsP95).toBe(900);
  });
});
