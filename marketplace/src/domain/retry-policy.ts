import type { RetryCause } from '@node3/shared/job-lifecycle';
import { type Priority, priorities } from '@node3/shared/job-spec';
import { type Reason, reasons } from '@node3/shared/job-state';
import { limits } from '@node3/shared/limits';

export interface RetryInput {
  reason: Reason;
  /** When the workload of this attempt began; null when it never did. */
  startedAtMs: number | null;
  /** Leases so far, this one included. */
  leases: number;
  /** Attempts that failed before this one and counted. */
  failuresBefore: number;
  attemptsMax: number;
  /** After what it is tried again; null for everything that may be retried. */
  on: readonly RetryCause[] | null;
  /** When the job would have left the queue unserved. */
  queueDeadlineMs: number;
  queueSec: number;
  nowMs: number;
}

export type RetryDecision =
  | { retry: false }
  | { retry: true; notBeforeMs: number; queueDeadlineMs: number };

/** Ends of an attempt that nobody is to blame for, as long as nothing was started. */
const blamelessReasons: ReadonlySet<Reason> = new Set(['offer_not_accepted', 'released_by_agent']);

/**
 * The operator took the agent away, or the run was stopped for another job: that must cost the
 * requester neither an attempt nor time.
 */
const ownReasons: ReadonlySet<Reason> = new Set(['agent_removed', 'preempted']);

/** Whether the end of an attempt uses one up: not where an agent never took the job up. */
export function countsAsAttempt(reason: Reason, startedAtMs: number | null): boolean {
  return !ownReasons.has(reason) && (startedAtMs !== null || !blamelessReasons.has(reason));
}

/**
 * Whether an ended attempt is followed by another, and when at the earliest. One that an agent never
 * took up costs the job no attempt, or a few idle agents could fail it unseen; its time in the queue
 * goes on as if it had never left, so that this ends too.
 */
export function decideRetry(input: RetryInput): RetryDecision {
  const { reason, failuresBefore, nowMs } = input;
  if (reasons[reason].retry === 'no') return { retry: false };
  if (ownReasons.has(reason)) {
    return { retry: true, notBeforeMs: nowMs, queueDeadlineMs: nowMs + input.queueSec * 1_000 };
  }
  if (!countsAsAttempt(reason, input.startedAtMs)) {
    const notBeforeMs = nowMs + backoffMs(input.leases);
    return { retry: true, notBeforeMs, queueDeadlineMs: input.queueDeadlineMs };
  }
  if (failuresBefore + 1 >= input.attemptsMax || !isWanted(reason, input.on)) {
    return { retry: false };
  }
  const notBeforeMs = nowMs + backoffMs(failuresBefore + 1);
  return { retry: true, notBeforeMs, queueDeadlineMs: nowMs + input.queueSec * 1_000 };
}

/** The same for every job and every try, so that a person can foresee when the next one comes. */
function backoffMs(times: number): number {
  return Math.min(limits.retryBackoffMaxMs, limits.retryBackoffMs * 2 ** (times - 1));
}

function isWanted(reason: Reason, on: RetryInput['on']): boolean {
  return on === null || on.some((cause) => cause === reason || cause === reasons[reason].fault);
}

/** A job that was let down goes before those of its own priority: one step up with each retry. */
export function raisePriority(priority: Priority): Priority {
  return priorities[priorities.indexOf(priority) + 1] ?? priority;
}

/** For this long after a failed attempt its agents are passed over, if another could take the job. */
export const avoidLastAgentMs = 10_000;
