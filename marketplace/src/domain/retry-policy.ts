import { type Reason, reasons } from '@node3/shared/job-state';

export interface RetryInput {
  reason: Reason;
  /** When the workload of this attempt began; null when it never did. */
  startedAtMs: number | null;
  /** Attempts made so far, this one included. */
  attempt: number;
  attemptsMax: number;
  /** When the job would have left the queue unserved. */
  queueDeadlineMs: number;
  queueSec: number;
  nowMs: number;
}

export type RetryDecision =
  | { retry: false }
  | { retry: true; notBeforeMs: number; queueDeadlineMs: number };

const backoffFirstMs = 500;
const backoffMaxMs = 60_000;

/** Ends of an attempt that nobody is to blame for, as long as nothing was started. */
const blamelessReasons: ReadonlySet<Reason> = new Set(['offer_not_accepted', 'released_by_agent']);

/**
 * Whether an ended attempt is followed by another, and when at the earliest. One that an agent never
 * took up costs the job no attempt, or a few idle agents could fail it unseen; its time in the queue
 * goes on as if it had never left, so that this ends too.
 */
export function decideRetry(input: RetryInput): RetryDecision {
  const { reason, attempt, nowMs } = input;
  if (reasons[reason].retry === 'no') return { retry: false };
  const notBeforeMs = nowMs + Math.min(backoffMaxMs, backoffFirstMs * 2 ** (attempt - 1));
  if (input.startedAtMs === null && blamelessReasons.has(reason)) {
    return { retry: true, notBeforeMs, queueDeadlineMs: input.queueDeadlineMs };
  }
  if (attempt >= input.attemptsMax) return { retry: false };
  return { retry: true, notBeforeMs, queueDeadlineMs: nowMs + input.queueSec * 1_000 };
}

/** For this long after a failed attempt the same agent is passed over, if another could take the job. */
export const avoidLastAgentMs = 10_000;
