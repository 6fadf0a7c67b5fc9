import type { JobResources } from '@node3/shared/routes/job-resources';
import { describe, expect, it } from 'vitest';
import { joinResources } from './join-resources.ts';

const none = { memoryBytes: null, gpuUtilizationRatio: null, gpuMemoryBytes: null };
const pointAt = (second: number, cpuCores: number) => ({
  at: new Date(second * 1_000).toISOString(),
  cpuCores,
  ...none,
});

function resources(
  points: JobResources['points'],
  change: Partial<JobResources> = {},
): JobResources {
  return {
    jobId: 'job_01M8DGNFBPFJ0A4QA98JQ0TGRX',
    attempt: 1,
    executionId: 'exe_01M8DGNFBPFJ0A4QA98JQ0TGRX',
    live: true,
    cpus: 2,
    memoryBytes: 1_024,
    gpus: 0,
    startedAt: null,
    finishedAt: null,
    intervalMs: 2_000,
    points,
    summary: null,
    ...change,
  };
}

describe('what a job uses, as frames come', () => {
  const before = resources([pointAt(0, 1), pointAt(2, 2)]);

  it('goes on after what is known, and takes the last point anew', () => {
    const frame = { whole: false, resources: resources([pointAt(2, 3), pointAt(4, 4)]) };
    const joined = joinResources(before, frame);
    expect(joined?.points).toEqual([pointAt(0, 1), pointAt(2, 3), pointAt(4, 4)]);
    const over = { whole: false, resources: resources([], { live: false }) };
    expect(joinResources(before, over)).toEqual({ ...before, live: false });
  });

  it('is read again where the frame goes on from something else', () => {
    const frame = (change: Partial<JobResources>) => ({
      whole: false,
      resources: resources([pointAt(4, 4)], change),
    });
    expect(joinResources(undefined, frame({}))).toBeNull();
    expect(joinResources(before, frame({ intervalMs: 4_000 }))).toBeNull();
    expect(joinResources(before, frame({ executionId: 'exe_other' }))).toBeNull();
    const whole = { ...frame({ intervalMs: 4_000 }), whole: true };
    expect(joinResources(before, whole)).toBe(whole.resources);
  });
});
