import type { ExecutionState } from '@node3/shared/execution-state';
import type { JobState, Reason } from '@node3/shared/job-state';
import { describe, expect, it } from 'vitest';
import type { ExecutionRow, JobRow } from '../store/rows.ts';
import { conductOf } from './conduct.ts';
import { endWithoutResult } from './job-ending.ts';

interface Story {
  reason: Reason;
  state?: 'succeeded' | 'failed' | 'lost' | 'timed_out' | 'cancelled';
  executionState?: ExecutionState;
  startedAtMs?: number | null;
  /** What became of the job: absent for the queue. */
  job?: { state: JobState; reason: Reason };
}

function show({ reason, state = 'failed', executionState, startedAtMs = 30_000, job }: Story) {
  const execution = {
    state: executionState ?? (startedAtMs === null ? 'preparing' : 'running'),
    leasedAtMs: 0,
    startedAtMs,
  } as ExecutionRow;
  const snapshot = { job: { startedAtMs } as JobRow, execution };
  const end = { ...endWithoutResult(state, reason), runMs: 4_000 };
  const after = { job: job ?? { state: 'queued' as const, reason } };
  const { agent, requester, runSec } = conductOf(snapshot, end, after);
  const read = (all: readonly { axis: string; good: number }[]) =>
    Object.fromEntries(all.map(({ axis, good }) => [axis, good]));
  return { agent: read(agent), requester: read(requester), runSec };
}

describe('conductOf', () => {
  it('shows a success on every axis but the one that nothing has verified', () => {
    const job = { state: 'succeeded' as const, reason: 'exited' as const };
    expect(show({ reason: 'exited', state: 'succeeded', job })).toEqual({
      agent: { availability: 1, startLatency: 1, completion: 1 },
      requester: { commitment: 1, conduct: 1 },
      runSec: 4,
    });
  });

  it.each(['nonzero_exit', 'out_of_memory', 'run_timeout', 'cancelled_by_requester'] as const)(
    '[4.09] never lowers an agent for %s',
    (reason) => {
      const job = { state: 'failed' as const, reason };
      const { agent, runSec } = show({ reason, job });
      expect(agent).toEqual({ availability: 1, startLatency: 1 });
      expect(runSec).toBeNull();
    },
  );

  it('[3.04] blames an agent that was gone, and one whose engine failed', () => {
    expect(show({ reason: 'lease_expired', state: 'lost' }).agent).toEqual({
      availability: 0,
      startLatency: 1,
      completion: 0,
    });
    expect(show({ reason: 'gpu_error' }).agent).toMatchObject({ availability: 1, completion: 0 });
    expect(show({ reason: 'released_by_agent' }).agent).toMatchObject({ completion: 0 });
  });

  it('says nothing about an agent that never took the job, or that we took it from', () => {
    const idle = { executionState: 'leased' as const, startedAtMs: null };
    expect(show({ reason: 'offer_not_accepted', state: 'lost', ...idle }).agent).toEqual({});
    expect(show({ reason: 'released_by_agent', ...idle }).agent).toEqual({});
    expect(show({ reason: 'agent_removed', state: 'lost' }).agent).toEqual({});
    expect(show({ reason: 'marketplace_error' }).agent).toEqual({});
    const job = { state: 'failed' as const, reason: 'poison' as const };
    expect(show({ reason: 'engine_error', job }).agent).toEqual({});
  });

  it('counts a late start in proportion, and an unknown one not at all', () => {
    const started = (startedAtMs: number) => show({ reason: 'nonzero_exit', startedAtMs }).agent;
    expect(started(240_000)).toMatchObject({ startLatency: 0.25 });
    expect(started(0)).not.toHaveProperty('startLatency');
  });

  it('looks at requesters too, once their job is over', () => {
    const ended = (state: JobState, reason: Reason, startedAtMs: number | null = 1) =>
      show({ reason, startedAtMs, job: { state, reason } }).requester;
    expect(show({ reason: 'gpu_error' }).requester).toEqual({});
    expect(ended('failed', 'nonzero_exit')).toEqual({ commitment: 1, conduct: 0 });
    expect(ended('failed', 'image_not_found', null)).toEqual({ conduct: 0 });
    expect(ended('cancelled', 'cancelled_by_requester')).toEqual({ commitment: 0 });
    expect(ended('cancelled', 'cancelled_by_requester', null)).toEqual({});
    expect(ended('failed', 'lease_expired')).toEqual({ commitment: 1, conduct: 1 });
  });
});
