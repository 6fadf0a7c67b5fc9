import { assert } from '@node3/shared/assert';
import type { Actor, NewEvent } from '@node3/shared/events';
import type { ExecutionState } from '@node3/shared/execution-state';
import type { JobState, Reason } from '@node3/shared/job-state';
import { reasons } from '@node3/shared/job-state';
import { fromMoney } from '@node3/shared/money';
import type { JobChange, JobSnapshot } from '../store/job-store.ts';
import type { NewPayout, SettlementRow, Transfer } from '../store/rows.ts';
import { feeRevenue, heldForJob, providerPayable, userAvailable } from './ledger-accounts.ts';
import { decideRetry } from './retry-policy.ts';
import { settle } from './settlement.ts';

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
  feeBasisPoints: number;
  payoutId: string;
  wallet: string;
}

/** Ends an attempt: the job goes back to the queue, or it ends too and its money is divided. */
export function endAttempt(snapshot: JobSnapshot, end: AttemptEnd, context: EndContext): JobChange {
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
  if (retry.retry && job.cancelRequestedAtMs === null) {
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
      events: [ended, event(snapshot, context, 'job.requeued', end.reason, {})],
    };
  }
  const cancelled = job.cancelRequestedAtMs !== null && reasons[end.reason].retry === 'yes';
  const jobEnd: AttemptEnd = cancelled
    ? { ...end, executionState: 'cancelled', reason: 'cancelled_by_requester', runMs: 0 }
    : end;
  const closing = closeJob(snapshot, jobEnd, context);
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
  const closing = closeJob(snapshot, endWithoutResult('cancelled', reason), context);
  return { ...closing, job: { ...closing.job, state } };
}

const jobStateOf: Record<AttemptEnd['executionState'], JobState> = {
  succeeded: 'succeeded',
  failed: 'failed',
  lost: 'failed',
  timed_out: 'timed_out',
  cancelled: 'cancelled',
};

function closeJob(snapshot: JobSnapshot, end: AttemptEnd, context: EndContext): JobChange {
  const { job, execution } = snapshot;
  const reward = fromMoney(job.spec.price.reward);
  const { fault } = reasons[end.reason];
  const settlement = settle({
    reward,
    held: job.price,
    feeBasisPoints: context.feeBasisPoints,
    outcome: end.executionState === 'succeeded' ? 'succeeded' : 'ended_otherwise',
    fault,
    runMs: end.runMs,
    runLimitMs: job.spec.limits.runSec * 1_000,
  });
  const state = jobStateOf[end.executionState];
  const payout = payoutOf(snapshot, settlement, context);
  const decided = event(snapshot, context, 'settlement.decided', end.reason, {
    state: settlement.state,
    charged: String(settlement.charged),
    providerShare: String(settlement.providerShare),
    fee: String(settlement.fee),
    refund: String(settlement.refund),
    asset: job.asset,
  });
  const events = [
    event(snapshot, context, 'job.ended', end.reason, { state, exitCode: end.exitCode }),
    decided,
  ];
  if (payout !== null) {
    events.push(
      event(snapshot, context, 'payout.due', null, {
        payoutId: payout.payoutId,
        amount: String(payout.amount),
        asset: payout.asset,
      }),
    );
  }
  return {
    job: {
      state,
      reason: end.reason,
      fault,
      exitCode: end.exitCode,
      output: end.output,
      notBeforeMs: null,
      finishedAtMs: context.nowMs,
    },
    settlement,
    transfers: transfersOf(snapshot, settlement, execution?.agentId ?? null),
    payout,
    events,
  };
}

function payoutOf(
  { job, execution }: JobSnapshot,
  settlement: { providerShare: NewPayout['amount'] },
  context: EndContext,
): NewPayout | null {
  if (execution === null || settlement.providerShare === 0n) return null;
  assert(context.wallet !== '', 'a payout needs the wallet of its agent');
  return {
    payoutId: context.payoutId,
    kind: 'earning',
    ledgerAccount: providerPayable(execution.agentId),
    jobId: job.jobId,
    executionId: execution.executionId,
    agentId: execution.agentId,
    wallet: context.wallet,
    asset: job.asset,
    amount: settlement.providerShare,
    dueAtMs: context.nowMs,
  };
}

function transfersOf(
  { job }: JobSnapshot,
  settlement: Omit<SettlementRow, 'state'>,
  agentId: string | null,
): Transfer[] {
  const { jobId, accountId, asset } = job;
  const held = heldForJob(jobId);
  const moves: [string, Transfer['kind'], string, Transfer['amount'] | null][] = [
    [`rel:${jobId}`, 'release', userAvailable(accountId), settlement.refund],
    [`fee:${jobId}`, 'fee', feeRevenue, settlement.fee],
  ];
  if (agentId !== null) {
    moves.push([`cap:${jobId}`, 'capture', providerPayable(agentId), settlement.providerShare]);
  }
  return moves.flatMap(([transferId, kind, credit, amount]) =>
    amount === null || amount === 0n
      ? []
      : [{ transferId, kind, debit: held, credit, asset, amount, ref: jobId }],
  );
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
