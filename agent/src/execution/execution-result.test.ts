import { limits } from '@node3/shared/limits';
import { ExecutionResult } from '@node3/shared/routes/agents';
import { Check } from 'typebox/value';
import { describe, expect, it } from 'vitest';
import { ExecutionError } from '../executors/execution-error.ts';
import { killed, outcome } from '../testing/test-agent.ts';
import { endAfterRun, endBeforeStart } from './ending.ts';
import { emptyResult, failureOf, toResult } from './execution-result.ts';

const facts = { isolation: 'container: docker', imageDigest: null, logLines: 3 };

describe('toResult', () => {
  it.each([
    [outcome(), 'succeeded', 'exited'],
    [outcome({ exitCode: 1, reason: 'nonzero_exit' }), 'failed', 'nonzero_exit'],
    [outcome({ reason: 'out_of_memory', oomKilled: true }), 'failed', 'out_of_memory'],
    [outcome({ reason: 'run_timeout', timedOut: true }), 'timed_out', 'run_timeout'],
    [outcome({ reason: 'out_of_disk' }), 'failed', 'disk_exceeded'],
    [outcome({ reason: 'request_invalid' }), 'failed', 'request_invalid'],
    [killed, 'cancelled', 'cancelled_by_requester'],
  ] as const)('names the outcome (%#)', (end, state, reason) => {
    const result = toResult(end, facts);
    expect(result).toMatchObject({ outcome: state, reason, started: true, logLines: 3 });
    expect(Check(ExecutionResult, result)).toBe(true);
  });

  it('fits the wire whatever the executor says', () => {
    const odd = outcome({
      exitCode: 3_221_225_477,
      runMs: 1.6,
      peakMemoryBytes: 10.4,
      detail: 'x'.repeat(5_000),
      output: 'y'.repeat(limits.structuredOutputBytes),
    });
    const result = toResult(odd, facts);
    expect(Check(ExecutionResult, result)).toBe(true);
    expect(result).toMatchObject({ exitCode: null, runMs: 2, peakMemoryBytes: 10 });
    expect(result).not.toHaveProperty('output');
    const short = toResult(outcome({ output: 'y'.repeat(limits.structuredOutputBytes) }), facts);
    expect(short.detail).toContain('over the limit');
  });

  it('says that a workload never started when it has no start', () => {
    expect(toResult(outcome({ startedAtMs: null, runMs: null }), facts)).toMatchObject({
      started: false,
      runMs: 0,
    });
  });
});

describe('failureOf', () => {
  it('keeps the reason that the executor gave, and blames the engine for the rest', () => {
    expect(failureOf(new ExecutionError('image_not_found', 'no such image'))).toEqual({
      reason: 'image_not_found',
      detail: 'no such image',
    });
    expect(failureOf(new ExecutionError('request_invalid', 'sets LD_PRELOAD')).reason).toBe(
      'request_invalid',
    );
    expect(failureOf(new Error('socket closed')).reason).toBe('engine_error');
    expect(Check(ExecutionResult, emptyResult('engine_error', 'd', facts))).toBe(true);
  });
});

describe('a stop', () => {
  it('before the start gives the job back, except that a cancel ends it', () => {
    expect(endBeforeStart('drain')).toEqual({ kind: 'released' });
    expect(endBeforeStart('lease-expired')).toEqual({ kind: 'released' });
    expect(endBeforeStart('superseded')).toEqual({ kind: 'superseded' });
    expect(endBeforeStart('requester')).toMatchObject({ reason: 'cancelled_by_requester' });
  });

  it('that came too late leaves what the job did', () => {
    expect(endAfterRun('requester', outcome())).toMatchObject({ kind: 'outcome', cause: null });
    expect(endAfterRun('requester', killed)).toMatchObject({ cause: 'requester' });
    expect(endAfterRun('superseded', outcome())).toEqual({ kind: 'superseded' });
  });
});
