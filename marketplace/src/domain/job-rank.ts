import type { Priority } from '@node3/shared/job-spec';
import { limits } from '@node3/shared/limits';

/** What decides the place of an open job. All of it is known when the job becomes claimable. */
export interface RankInput {
  /** As posted, and one step up for each retry. */
  priority: Priority;
  /** When it became claimable. */
  dueMs: number;
  /** What its account's clock said when it was posted: see `nextFairMs`. */
  fairMs: number;
}

const bonusMs: Record<Priority, number> = {
  urgent: limits.priorityUrgentMs,
  high: limits.priorityHighMs,
  normal: 0,
  low: limits.priorityLowMs,
};

/**
 * The place of an open job among all: smaller first, ties by job id. The number never changes while
 * the job is open, so no queue is ever sorted again; a low job that has waited long enough goes
 * before a fresh urgent one all the same, because the fresh one became due later.
 */
export function jobRankMs({ priority, dueMs, fairMs }: RankInput): number {
  return Math.max(dueMs, fairMs) - bonusMs[priority];
}

/**
 * The clock of one account, for the job it posts now. Each job moves it on by its size, and it is
 * never behind the time: so the thousandth job of one requester stands behind the first of another.
 * @param beforeMs what the clock said for the job before; null for the first.
 */
export function nextFairMs(beforeMs: number | null, gpus: number, nowMs: number): number {
  const spacedMs = (beforeMs ?? 0) + limits.fairSpacingMs * Math.max(1, gpus);
  return Math.max(nowMs, spacedMs);
}
