import type { Actor, NewEvent } from '@node3/shared/events';
import type { ExecutionState } from '@node3/shared/execution-state';
import type { JobState, Reason } from '@node3/shared/job-state';
import { reasons } from '@node3/shared/job-state';
import { type BaseUnits, zero } from '@node3/shared/money';
import type { JobChange, JobSnapshot, LedgerView } from '../store/job-store.ts';
import type { ExecutionRow, JobFailure, NewPayout } from '../store/rows.ts';
import { failuresAfter, judgeAgent, poisonFailures } from './blame.ts';
import { conductOf } from './conduct.ts';
import { feePoolOf } from './fee-pool.ts';
import { countsAsAttempt, decideRetry, raisePriority } from './retry-policy.ts';
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
  /** There was more output than is kept: the result can't stand for another run. */
  outputOmitted: boolean;
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
    outputOmitted: false,
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
  const failures = failuresAfter(snapshot, end);
  const feePool = () => feePoolOf(ledger, job.asset);
  const isWanted = job.cancelRequestedAtMs === null && context.retry !== 'no';
  const retry = decideRetry({
    reason: end.reason,
    startedAtMs: execution.startedAtMs,
    leases: job.attempt,
    failuresBefore: job.failures.length,
    attemptsMax: job.spec.retry.attemptsMax,
    on: job.spec.retry.on,
    queueDeadlineMs: job.queueDeadlineMs,
    queueSec: job.spec.limits.queueSec,
    nowMs: context.nowMs,
  });
  const broken = isWanted ? poisonFailures(failures) : [];
  const change =
    broken.length > 0
      ? endPoison(snapshot, end, context, broken)
      : retry.retry && isWanted
        ? requeue(snapshot, end, context, { ...retry, feePool })
        : endLastAttempt(snapshot, end, context, feePool);
  const ended = event(snapshot, context, 'execution.ended', end.reason, {
    attempt: execution.attempt,
    state: end.executionState,
    exitCode: end.exitCode,
  });
  return {
    ...change,
    job: { ...change.job, failures },
    execution: executionAfter(execution, end, context),
    conduct: conductOf(snapshot, end, change),
    events: [ended, ...change.events],
  };
}

function executionAfter(
  execution: ExecutionRow,
  end: AttemptEnd,
  context: EndContext,
): NonNullable<JobChange['execution']> {
  return {
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
}

/** Back to the queue; a run that we failed ourselves is paid all the same. */
function requeue(
  snapshot: JobSnapshot,
  end: AttemptEnd,
  context: EndContext,
  plan: { notBeforeMs: number; queueDeadlineMs: number; feePool: () => BaseUnits },
): JobChange {
  const { job, execution } = snapshot;
  const settlement = settleAttempt(snapshot, end, plan.feePool);
  const payout = payoutOf(snapshot, settlement.fromFeePool, context);
  const startedAtMs = execution?.startedAtMs ?? null;
  const counts = countsAsAttempt(end.reason, startedAtMs);
  return {
    job: {
      state: 'queued',
      reason: end.reason,
      priority: counts ? raisePriority(job.priority) : job.priority,
      notBeforeMs: plan.notBeforeMs,
      queuedAtMs: context.nowMs,
      queueDeadlineMs: plan.queueDeadlineMs,
      startedAtMs: null,
    },
    ...judgeAgent(end, startedAtMs),
    transfers: subsidyTransfers(snapshot, settlement),
    payout,
    events: [
      event(snapshot, context, 'job.requeued', end.reason, {}),
      ...payoutDue(snapshot, payout, context),
    ],
  };
}

/** For ends that pay nobody. */
const noPool = () => zero;

/** The job broke one agent after another: it ends, and what they failed of it is forgotten. */
function endPoison(
  snapshot: JobSnapshot,
  end: AttemptEnd,
  context: EndContext,
  broken: readonly JobFailure[],
): JobChange {
  const poison: AttemptEnd = { ...end, executionState: 'failed', reason: 'poison', runMs: 0 };
  // The last of them is this attempt's own agent, against whom nothing was counted yet.
  return { ...closeJob(snapshot, poison, context, noPool), agentsForgiven: broken.slice(0, -1) };
}

function endLastAttempt(
  snapshot: JobSnapshot,
  end: AttemptEnd,
  context: EndContext,
  feePool: () => BaseUnits,
): JobChange {
  const { retry: mayRetry, fault } = reasons[end.reason];
  const isCancelled = snapshot.job.cancelRequestedAtMs !== null;
  // A cancellation takes nothing from a provider whose run we failed ourselves.
  const jobEnd: AttemptEnd =
    isCancelled && mayRetry === 'yes' && fault !== 'platform'
      ? { ...end, executionState: 'cancelled', reason: 'cancelled_by_requester', runMs: 0 }
      : end;
  const startedAtMs = snapshot.execution?.startedAtMs ?? null;
  return { ...closeJob(snapshot, jobEnd, context, feePool), ...judgeAgent(end, startedAtMs) };
}

const unstartedReasons = {
  cancelled: 'cancelled_by_requester',
  expired: 'queue_timeout',
  failed: 'dependency_failed',
} as const satisfies Partial<Record<JobState, Reason>>;

/**
 * Ends a job that no execution holds: cancelled, expired in the queue, or one whose needed job did not
 * succeed. Everything is refunded.
 */
export function endUnstarted(
  snapshot: JobSnapshot,
  state: keyof typeof unstartedReasons,
  context: EndContext,
): JobChange {
  const end = endWithoutResult('cancelled', unstartedReasons[state]);
  return closeJob(snapshot, end, context, noPool, state);
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
  feePool: () => BaseUnits,
  state: JobState = jobStateOf[end.executionState],
): JobChange {
  const { job } = snapshot;
  const settlement = settleAttempt(snapshot, end, feePool);
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
      ...(end.outputOmitted ? { cacheKey: null } : {}),
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
