import { describe, expect, it } from 'vitest';
import type { JournalExecution, JournalPhase, PendingReport } from '../journal/journal.ts';
import type { HeartbeatVerdict } from '../marketplace-link/heartbeater.ts';
import { sampleOffer } from '../testing/sample-offer.ts';
import { planRecovery } from './recovery-plan.ts';

function plan(
  phase: JournalPhase,
  verdict: HeartbeatVerdict | null,
  lease: 'live' | 'over',
  pending: PendingReport | null = null,
) {
  const offer = sampleOffer();
  const execution: JournalExecution = {
    executionId: offer.executionId,
    jobId: offer.jobId,
    attempt: 1,
    leaseToken: offer.leaseToken,
    offer,
    phase,
    executor: 'docker',
    isolation: null,
    imageDigest: null,
    offeredAtMs: 1,
    startedAtMs: null,
    finishedAtMs: null,
    leaseUntilBootMs: null,
    bootId: null,
    result: null,
    runDevices: [],
    pending,
    closed: null,
    lines: { spooled: 0, bytes: 0, acked: 0, truncated: false, read: null },
  };
  return planRecovery(execution, verdict, lease);
}

describe('planRecovery', () => {
  it.each([
    ['offered', null, 'over', 'release'],
    ['accepted', 'continue', 'live', 'prepare'],
    ['preparing', null, 'live', 'prepare'],
    ['preparing', null, 'over', 'release'],
    ['accepted', 'cancel', 'live', 'prepare'],
    ['accepted', 'stop', 'live', 'supersede'],
    ['starting', 'continue', 'live', 'find'],
    ['starting', null, 'over', 'find'],
    ['running', 'continue', 'live', 'find'],
    ['running', null, 'over', 'find'],
    ['running', 'stop', 'live', 'supersede'],
  ] as const)('%s, verdict %s, lease %s: %s', (phase, verdict, lease, step) => {
    expect(plan(phase, verdict, lease)).toBe(step);
  });

  it('delivers what is known to have ended, whatever the marketplace thinks', () => {
    expect(plan('ended', 'stop', 'over', 'result')).toBe('deliver');
    expect(plan('ended', null, 'over', 'release')).toBe('deliver');
  });
});
