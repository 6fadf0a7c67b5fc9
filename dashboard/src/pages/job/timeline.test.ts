import type { JobDetail, JobEvent } from '@node3/shared/routes/jobs';
import { describe, expect, it } from 'vitest';
import { paymentSteps, timelineSteps } from './timeline.ts';

const sol = (amount: string) => ({ amount, asset: 'SOL' as const });

function event(seq: number, type: string, atMs: number, data: JobEvent['data'] = {}): JobEvent {
  const at = new Date(atMs).toISOString();
  return { seq, type, at, actor: 'marketplace', reason: null, data };
}

describe('timelineSteps', () => {
  it('orders the phases, leaves the money out and says how long each took', () => {
    const steps = timelineSteps([
      event(3, 'job.started', 5_000),
      event(1, 'job.posted', 1_000),
      event(2, 'job.assigned', 2_500),
      event(4, 'settlement.decided', 6_000),
      event(5, 'link.created', 7_000),
    ]);
    expect(steps.map((step) => [step.event.type, step.sincePreviousMs])).toEqual([
      ['job.posted', null],
      ['job.assigned', 1_500],
      ['job.started', 2_500],
    ]);
  });

  it('says the same moment once, but keeps what happened at another time', () => {
    const steps = timelineSteps([
      event(1, 'job.assigned', 1_000),
      event(2, 'execution.leased', 1_001),
      event(3, 'execution.phase-changed', 3_000, { phase: 'running' }),
      event(4, 'job.started', 3_000),
      event(5, 'execution.phase-changed', 4_000, { phase: 'collecting' }),
      event(6, 'execution.ended', 5_000),
      event(7, 'job.ended', 9_000),
    ]);
    expect(steps.map((step) => step.event.seq)).toEqual([1, 4, 5, 6, 7]);
  });
});

describe('paymentSteps', () => {
  const payout = {
    payoutId: 'pay_1',
    state: 'confirmed' as const,
    wallet: 'w',
    money: sol('0.95'),
    signature: 's',
    explorerUrl: null,
    holdReason: null,
    createdAt: '',
    finalizedAt: null,
  };
  const settlement = {
    state: 'captured' as const,
    held: sol('1'),
    quoted: sol('1'),
    charged: sol('1'),
    providerShare: sol('0.95'),
    fee: sol('0.05'),
    refund: sol('0'),
    payout,
  };
  const stages = (part: Partial<typeof settlement> | object) => {
    const job = { createdAt: 'c', events: [], settlement: { ...settlement, ...part } };
    return paymentSteps(job as unknown as JobDetail).map((step) => step.progress);
  };

  it('follows a payout', () => {
    expect(stages({ state: 'none', payout: null })[0]).toBe('waiting');
    expect(stages({ state: 'held', providerShare: null, payout: null })).toEqual([
      'done',
      'waiting',
      'waiting',
      'waiting',
      'waiting',
    ]);
    expect(stages({})).toEqual(['done', 'done', 'done', 'done', 'waiting']);
    expect(stages({ payout: { ...payout, state: 'finalized' } })[4]).toBe('done');
  });

  it('says when a payout is stopped and when none will come', () => {
    expect(stages({ payout: { ...payout, state: 'held' } })[2]).toBe('stopped');
    expect(stages({ state: 'released', payout: null }).slice(2)).toEqual([
      'skipped',
      'skipped',
      'skipped',
    ]);
    expect(stages({ state: 'split', providerShare: sol('0'), payout: null })[2]).toBe('skipped');
  });
});
