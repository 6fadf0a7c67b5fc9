import { type JobState, jobStates } from '@node3/shared/job-state';
import { describe, expect, it } from 'vitest';
import { completeSpec } from '../../../services/complete-spec.ts';
import type { JobRow } from '../../../store/rows.ts';
import { toBrokerRun } from './broker-mapping.ts';
import { toExecutionStatus, toJobSpec, toListQuery } from './galaksio-mapping.ts';

const images = { container: 'c', python: 'p', javascript: 'j', typescript: 't', bash: 'b' };
const spec = completeSpec(toJobSpec({ code: 'x', language: 'python' }), images);
const times = { createdAtMs: 0, startedAtMs: null, finishedAtMs: null, cancelRequestedAtMs: null };
const rowOf = (state: JobState) =>
  ({ jobId: 'job', state, reason: null, spec, ...times }) as unknown as JobRow;

/** Ours, that of the compute API and that of the broker. */
const words: [JobState, string, string][] = [
  ['awaiting_funds', 'pending', 'awaiting_payment'],
  ['queued', 'pending', 'queued'],
  ['assigned', 'pending', 'queued'],
  ['running', 'running', 'running'],
  ['succeeded', 'completed', 'completed'],
  ['failed', 'failed', 'failed'],
  ['timed_out', 'failed', 'failed'],
  ['expired', 'failed', 'failed'],
  ['cancelled', 'cancelled', 'failed'],
];

describe('a state', () => {
  it.each(words)('[2.03] %s is %s, and %s to the broker', (state, compute, broker) => {
    const job = rowOf(state);
    const { state: said, status, error } = toExecutionStatus(job, { output: null, progress: null });
    expect([said, status]).toEqual([compute, compute]);
    expect(error === null).toBe(['pending', 'running', 'completed'].includes(compute));
    expect(toBrokerRun(job, null)).toMatchObject({ status: broker, result: null });
    expect(toListQuery({ state: compute }).state?.split(',')).toContain(state);
  });

  it('has its words, each one', () => {
    expect(words.map(([state]) => state).toSorted()).toEqual([...jobStates].toSorted());
  });
});
