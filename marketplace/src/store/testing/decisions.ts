import type { EventName, NewEvent } from '@node3/shared/events';
import { type BaseUnits, zero } from '@node3/shared/money';
import {
  feeRevenue,
  heldForJob,
  providerPayable,
  userAvailable,
} from '../../domain/ledger-accounts.ts';
import { runBackstopMs } from '../../domain/overdue.ts';
import type { Decide, JobChange, JobSnapshot } from '../job-store.ts';
import type { JobRow, NewPayout, Transfer } from '../rows.ts';

/** The smallest decisions that walk a job through its life; the domain has the real ones. */

export function eventOf(job: JobRow, name: EventName, atMs: number): NewEvent {
  const { accountId, jobId, executionId } = job;
  return {
    name,
    atMs,
    actor: 'marketplace',
    accountId,
    jobId,
    executionId,
    reason: null,
    data: { state: job.state, attempt: job.attempt },
  };
}

export function start(nowMs: number): Decide {
  return ({ job, execution }) =>
    execution?.state === 'leased'
      ? {
          job: { state: 'running', startedAtMs: nowMs },
          execution: {
            state: 'running',
            startedAtMs: nowMs,
            acceptByMs: null,
            deadlineMs: runBackstopMs(nowMs, job.spec.limits.runSec),
          },
          events: [eventOf(job, 'job.started', nowMs)],
        }
      : null;
}

/** Nine tenths for the provider, the rest is the fee. */
export function succeed(nowMs: number, payoutId: string): Decide {
  return ({ job, execution }) => {
    if (execution === null) return null;
    const fee = (job.price / 10n) as BaseUnits;
    const providerShare = (job.price - fee) as BaseUnits;
    const payout: NewPayout = {
      payoutId,
      kind: 'earning',
      ledgerAccount: providerPayable(execution.agentId),
      jobId: job.jobId,
      executionId: execution.executionId,
      agentId: execution.agentId,
      wallet: `wallet-of-${execution.agentId}`,
      asset: job.asset,
      amount: providerShare,
      dueAtMs: nowMs,
    };
    return {
      job: {
        state: 'succeeded',
        reason: 'exited',
        fault: 'none',
        exitCode: 0,
        output: { answer: 42 },
        finishedAtMs: nowMs,
      },
      execution: {
        state: 'succeeded',
        reason: 'exited',
        exitCode: 0,
        runMs: 12.5,
        finishedAtMs: nowMs,
      },
      settlement: { state: 'captured', charged: job.price, providerShare, fee, refund: zero },
      transfers: [
        fromHold(job, 'capture', providerPayable(execution.agentId), providerShare),
        fromHold(job, 'fee', feeRevenue, fee),
      ].filter(({ amount }) => amount > 0n),
      payout,
      agentCount: 'succeeded',
      events: [eventOf(job, 'job.ended', nowMs), eventOf(job, 'settlement.decided', nowMs)],
    };
  };
}

/** Everything goes back to the requester, whether an agent has the job or not. */
export function cancel(nowMs: number): Decide {
  return (snapshot) => {
    const { job } = snapshot;
    if (job.finishedAtMs !== null) return null;
    return {
      ...endOfExecution(snapshot, nowMs),
      job: { state: 'cancelled', reason: 'cancelled_by_requester', finishedAtMs: nowMs },
      settlement: {
        state: 'released',
        charged: zero,
        providerShare: zero,
        fee: zero,
        refund: job.price,
      },
      transfers: [fromHold(job, 'release', userAvailable(job.accountId), job.price)],
      events: [eventOf(job, 'job.ended', nowMs)],
    };
  };
}

export function requeue(nowMs: number): Decide {
  return ({ job, execution }) =>
    execution === null
      ? null
      : {
          job: { state: 'queued', reason: 'lease_expired', queuedAtMs: nowMs, startedAtMs: null },
          execution: { state: 'lost', reason: 'lease_expired', finishedAtMs: nowMs },
          agentCount: 'failed',
          events: [eventOf(job, 'job.requeued', nowMs)],
        };
}

function endOfExecution({ execution }: JobSnapshot, nowMs: number): Pick<JobChange, 'execution'> {
  return execution === null ? {} : { execution: { state: 'cancelled', finishedAtMs: nowMs } };
}

const idPrefixes = { capture: 'cap', fee: 'fee', release: 'rel' } as const;

function fromHold(
  { jobId, accountId, asset }: JobRow,
  kind: keyof typeof idPrefixes,
  credit: string,
  amount: BaseUnits,
): Transfer {
  const debit = heldForJob(jobId);
  return {
    transferId: `${idPrefixes[kind]}:${jobId}`,
    debit,
    credit,
    asset,
    amount,
    kind,
    ref: jobId,
    accountId,
  };
}
