import { type Reason, reasons } from '@node3/shared/job-state';

export interface RetryInput {
  reason: Reason;
  /** Attempts made so far, this one included. */
  attempt: number;
  attemptsMax: number;
  queueDeadlineMs: number;
  nowMs: number;
}

export type RetryDecision = { retry: false } | { retry: true; notBeforeMs: number };

const backoffFirstMs = 500;
const backoffMaxMs = 60_000;

/** Whether an ended attempt is followed by another, and when at the earliest. */
export function decideRetry(input: RetryInput): RetryDecision {
  if (reasons[input.reason].retry === 'no') return { retry: false };
  if (input.attempt >= input.attemptsMax) return { retry: false };
  const backoffMs = Math.min(backoffMaxMs, backoffFirstMs * 2 ** (input.attempt - 1));
  return { retry: true, notBeforeMs: input.nowMs + backoffMs };
}

/** For this long after a failed attempt the same agent is passed over, if another could take the job. */
export const avoidLastAgentMs = 10_000;
