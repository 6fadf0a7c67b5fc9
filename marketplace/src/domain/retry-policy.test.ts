import { retriedReasons } from '@node3/shared/job-lifecycle';
import { reasonNames, reasons } from '@node3/shared/job-state';
import { limits } from '@node3/shared/limits';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countsAsAttempt, decideRetry, type RetryInput, raisePriority } from './retry-policy.ts';

const nowMs = 1_800_000_000_000;

function input(overrides: Partial<RetryInput>): RetryInput {
  return {
    reason: 'engine_error',
    startedAtMs: nowMs - 1,
    leases: 1,
    failuresBefore: 0,
    attemptsMax: 3,
    on: null,
    queueDeadlineMs: nowMs + 7,
    queueSec: 60,
    nowMs,
    ...overrides,
  };
}

describe('a retry', () => {
  it('[4.08] waits twice as long each time, without chance, up to a limit', () => {
    const waits = Array.from({ length: 9 }, (_, failuresBefore) => {
      const retry = decideRetry(input({ failuresBefore, attemptsMax: 10 }));
      return retry.retry ? retry.notBeforeMs - nowMs : null;
    });
    expect(waits).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
  });

  it('[2.20] [4.09] comes only after what retry.on names, by reason or by fault', () => {
    const tried = (reason: RetryInput['reason'], on: RetryInput['on']) =>
      decideRetry(input({ reason, on })).retry;
    expect(tried('engine_error', ['provider'])).toBe(true);
    expect(tried('engine_error', ['engine_error'])).toBe(true);
    expect(tried('engine_error', ['gpu_error', 'none'])).toBe(false);
    expect(tried('engine_error', [])).toBe(false);
    expect(tried('image_pull_failed', ['none'])).toBe(true);
    for (const reason of reasonNames) {
      expect(tried(reason, null)).toBe(reasons[reason].retry === 'yes');
    }
  });

  it('takes attempts only where one was made, and then a fresh time in the queue', () => {
    fc.assert(
      fc.property(
        fc.record({
          reason: fc.constantFrom(...retriedReasons),
          startedAtMs: fc.option(fc.constant(nowMs - 1)),
          failuresBefore: fc.nat(10),
          attemptsMax: fc.integer({ min: 1, max: limits.attemptsMax }),
          leases: fc.integer({ min: 1, max: 100 }),
        }),
        (given) => {
          const retry = decideRetry(input(given));
          if (countsAsAttempt(given.reason, given.startedAtMs)) {
            expect(retry.retry).toBe(given.failuresBefore + 1 < given.attemptsMax);
            if (retry.retry) expect(retry.queueDeadlineMs).toBe(nowMs + 60_000);
          } else {
            // What the marketplace stopped itself has had its turn, and waits for a whole new one.
            const isOurs = given.reason === 'agent_removed' || given.reason === 'preempted';
            const deadlineMs = nowMs + (isOurs ? 60_000 : 7);
            expect(retry).toMatchObject({ retry: true, queueDeadlineMs: deadlineMs });
          }
        },
      ),
    );
  });

  it('[4.08] raises the priority by one step, up to the highest', () => {
    expect((['low', 'normal', 'high', 'urgent'] as const).map(raisePriority)).toEqual([
      'normal',
      'high',
      'urgent',
      'urgent',
    ]);
  });
});
