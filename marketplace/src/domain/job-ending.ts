import type { Actor, NewEvent } from '@node3/shared/events';
import type { ExecutionState } from '@node3/shared/execution-state';
import type { JobState, Reason } from '@node3/shared/job-state';
import { reasons } from '@node3/shared/job-state';
import { type BaseUnits, zero } from '@node3/shared/money';
import type { JobChange, JobSnapshot, LedgerView } from '../store/job-store.ts';
import type { NewPayout } from '../store/rows.ts';
import { feePoolOf } from './fee-pool.ts';
import { decideRetry } from './retry-policy.ts';
import {
  escrowTransfers,
  payoutOf,
  settleAttempt,
  subsidyTransfers,
} from './settlement-postings.ts';

/** How one attempt is over, whoever says so. */
export interface AttemptEnd {
  executionState: Extract<
    ExecutionState,
    'succeeded' | 'failed' | 'timed_out' | 'cancelled' | 'lost'
  >;
  reason: Reason;
  detail: string | null;
  exitCode: number | null;
  /** Billable run time; 0 when the workload never started. */
  runMs: number;
  peakMemoryBytes: number | null;
  output: unknown;
  resultHash: string | null;
  isolation: string | null;
  imageDigest: string | null;
}

/** An end that no result came with: nothing ran that could be billed or shown. */
export function endWithoutResult(
  executionState: AttemptEnd['executionState'],
  reason: Reason,
): AttemptEnd {
  return {
    executionState,
    reason,
    detail: null,
    exitCode: null,
    runMs: 0,
    peakMemoryBytes: null,
    output: null,
    resultHash: null,
    isolation: null,
    imageDigest: null,
  };
}

export interface EndContext {
  nowMs: number;
  actor: Actor;
  payoutId: string;
  /** Now, or later by the time that the operator leaves for disputes. */
  payoutDueAtMs: number;
  wallet: string;
  /** `no` ends the job with this attempt, whatever its reason allows. */
  retry?: 'no';
}

/** Ends an attempt: the job goes back to the queue, or it ends too and its money is divided. */
export function endAttempt(
  snapshot: JobSnapshot,
  end: AttemptEnd,
  context: EndContext,
  ledger: LedgerView,
): JobChange {
  const { job, execution } = snapshot;
  if (execution === null) throw new Error('an attempt ends only where there is one');
  const executionChange: NonNullable<JobChange['execution']> = {
    state: end.executionState,
    reason: end.reason,
    detail: end.detail,
    exitCode: end.exitCode,
    runMs: end.runMs,
    peakMemoryBytes: end.peakMemoryBytes,
    resultHash: end.resultHash,
    isolation: end.isolation ?? execution.isolation,
    imageDigest: end.imageDigest ?? execution.imageDigest,
    acceptByMs: null,
    finishedAtMs: context.nowMs,
  };
  const ended = event(snapshot, context, 'execution.ended', end.reason, {
    attempt: execution.attempt,
    state: end.executionState,
    exitCode: end.exitCode,
  });
  const retry = decideRetry({
    reason: end.reason,
    startedAtMs: execution.startedAtMs,
    attempt: job.attempt,
    attemptsMax: job.spec.retry.attemptsMax,
    queueDeadlineMs: job.queueDeadlineMs,
    queueSec: job.spec.limits.queueSec,
    nowMs: context.nowMs,
  });
  const agentCount = agentCountOf(end, execution.startedAtMs);
  const goesOn = retry.retry && job.cancelRequestedAtMs === null && context.retry !== 'no';
  if (goesOn) {
    const settlement = settleAttempt(snapshot, end, feePoolOf(ledger, job.asset));
    const payout = payoutOf(snapshot, settlement.fromFeePool, context);
    return {
      execution: executionChange,
      job: {
        state: 'queued',
        reason: end.reason,
        notBeforeMs: retry.notBeforeMs,
        queuedAtMs: context.nowMs,
        queueDeadlineMs: retry.queueDeadlineMs,
        startedAtMs: null,
      },
      ...(agentCount === null ? {} : { agentCount }),
      transfers: subsidyTransfers(snapshot, settlement),
      payout,
      events: [
        ended,
        event(snapshot, context, 'job.requeued', end.reason, {}),
        ...payoutDue(snapshot, payout, context),
      ],
    };
  }
  const { retry: mayRetry, fault } = reasons[end.reason];
  // A cancellation takes nothing from a provider whose run we failed ourselves.
  const cancelled = job.cancelRequestedAtMs !== null && mayRetry === 'yes' && fault !== 'platform';
  const jobEnd: AttemptEnd = cancelled
    ? { ...end, executionState: 'cancelled', reason: 'cancelled_by_requester', runMs: 0 }
    : end;
  const closing = closeJob(snapshot, jobEnd, context, feePoolOf(ledger, job.asset));
  return {
    ...closing,
    execution: executionChange,
    ...(agentCount === null ? {} : { agentCount }),
    events: [ended, ...closing.events],
  };
}

/** Ends a job that no execution holds: cancelled or expired in the queue. Everything is refunded. */
export function endUnstarted(
  snapshot: JobSnapshot,
  state: Extract<JobState, 'cancelled' | 'expired'>,
  context: EndContext,
): JobChange {
  const reason: Reason = state === 'cancelled' ? 'cancelled_by_requester' : 'queue_timeout';
  const closing = closeJob(snapshot, endWithoutResult('cancelled', reason), context, zero);
  return { ...closing, job: { ...closing.job, state } };
}

const jobStateOf: Record<AttemptEnd['executionState'], JobState> = {
  succeeded: 'succeeded',
  failed: 'failed',
  lost: 'failed',
  timed_out: 'timed_out',
  cancelled: 'cancelled',
};

function closeJob(
  snapshot: JobSnapshot,
  end: AttemptEnd,
  context: EndContext,
  feePool: BaseUnits,
): JobChange {
  const { job } = snapshot;
  const settlement = settleAttempt(snapshot, end, feePool);
  const state = jobStateOf[end.executionState];
  const payout = payoutOf(snapshot, settlement.providerShare, context);
  const decided = event(snapshot, context, 'settlement.decided', end.reason, {
    row: settlement.row,
    state: settlement.state,
    charged: String(settlement.charged),
    providerShare: String(settlement.providerShare),
    fee: String(settlement.fee),
    refund: String(settlement.refund),
    fromFeePool: String(settlement.fromFeePool),
    shortfall: String(settlement.shortfall),
    asset: job.asset,
  });
  const events = [
    event(snapshot, context, 'job.ended', end.reason, { state, exitCode: end.exitCode }),
    decided,
    ...payoutDue(snapshot, payout, context),
  ];
  const { charged, providerShare, fee, refund } = settlement;
  return {
    job: {
      state,
      reason: end.reason,
      fault: reasons[end.reason].fault,
      exitCode: end.exitCode,
      output: end.output,
      notBeforeMs: null,
      finishedAtMs: context.nowMs,
    },
    settlement: { state: settlement.state, charged, providerShare, fee, refund },
    transfers: [
      ...escrowTransfers(snapshot, settlement),
      ...subsidyTransfers(snapshot, settlement),
    ],
    payout,
    events,
  };
}

function payoutDue(
  snapshot: JobSnapshot,
  payout: NewPayout | null,
  context: EndContext,
): NewEvent[] {
  if (payout === null) return [];
  const { payoutId, amount, asset } = payout;
  return [
    event(snapshot, context, 'payout.due', null, { payoutId, amount: String(amount), asset }),
  ];
}

/** Giving a job back costs nothing before its start; afterwards it is a failure like any other. */
function agentCountOf(end: AttemptEnd, startedAtMs: number | null): 'succeeded' | 'failed' | null {
  if (end.executionState === 'succeeded') return 'succeeded';
  if (end.reason === 'released_by_agent' && startedAtMs !== null) return 'failed';
  return reasons[end.reason].fault === 'provider' ? 'failed' : null;
}

function event(
  { job, execution }: JobSnapshot,
  context: EndContext,
  name: NewEvent['name'],
  reason: Reason | null,
  data: NewEvent['data'],
): NewEvent {
  return {
    name,
    atMs: context.nowMs,
    actor: context.actor,
    accountId: job.accountId,
    jobId: job.jobId,
    executionId: execution?.executionId ?? null,
    reason,
    data,
  };
}
