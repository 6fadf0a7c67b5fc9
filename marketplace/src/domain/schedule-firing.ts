import { isTerminalJob, type JobState } from '@node3/shared/job-state';
import { limits } from '@node3/shared/limits';
import { sayScheduleReason } from '@node3/shared/schedule-reasons';
import type {
  OpenScheduleRun,
  ScheduleChange,
  ScheduleRow,
  ScheduleRunRow,
} from '../store/schedule-store.ts';
import { lastTime, nextTime } from './cron.ts';

/** What happens when a time of a schedule has come. Pure: the service posts, the store records. */

/** What was done at a due time. */
export type Done = Pick<ScheduleRunRow, 'outcome' | 'jobId' | 'errorCode' | 'detail'>;

const nothing = { jobId: null, errorCode: null };

export function isLate(dueMs: number, nowMs: number): boolean {
  return nowMs - dueMs > limits.scheduleLateMs;
}

/**
 * The time to work on, of all that have come since the due one: after a pause of the marketplace only
 * the last is made up for, whatever was missed before it.
 */
export function dueTime(schedule: ScheduleRow, dueMs: number, nowMs: number): number {
  if (schedule.catchUp === 'none' || !isLate(dueMs, nowMs)) return dueMs;
  const atMs = Math.min(nowMs, schedule.untilMs ?? nowMs);
  return Math.max(dueMs, lastTime(schedule, atMs) ?? dueMs);
}

/** Why no job is posted at this time; null when one is. */
export function reasonNotToPost(
  schedule: ScheduleRow,
  dueMs: number,
  open: readonly OpenScheduleRun[],
  nowMs: number,
): Done | null {
  if (schedule.catchUp === 'none' && isLate(dueMs, nowMs)) {
    const detail = sayScheduleReason('notRunning');
    return { ...nothing, outcome: 'missed', detail };
  }
  const running = open.filter(({ state }) => !isTerminalJob(state));
  const [first] = running;
  if (first !== undefined && schedule.overlap === 'skip') {
    const detail = sayScheduleReason('earlierRuns', { jobId: first.jobId });
    return { ...nothing, outcome: 'skipped', detail };
  }
  if (running.length < limits.scheduleOpenRunsMax) return null;
  const detail = sayScheduleReason('earlierMost', { jobs: running.length });
  return { ...nothing, outcome: 'skipped', detail };
}

/** A job that ended badly, or one that could not be posted. */
export type LastFailure = { jobId: string; state: JobState } | { code: string; why: string };

export interface Count {
  failuresInRow: number;
  lastFailure: LastFailure | null;
  countedDueMs: number[];
}

/** Counts the ends of earlier jobs, in the order of their times. */
export function countEnds(failuresInRow: number, open: readonly OpenScheduleRun[]): Count {
  const count: Count = { failuresInRow, lastFailure: null, countedDueMs: [] };
  for (const { dueMs, jobId, state } of open) {
    if (!isTerminalJob(state)) continue;
    count.countedDueMs.push(dueMs);
    const succeeded = state === 'succeeded';
    count.failuresInRow = succeeded ? 0 : count.failuresInRow + 1;
    count.lastFailure = succeeded ? null : { jobId, state };
  }
  return count;
}

/** The sentence with which a schedule pauses; null while it goes on. */
export function pauseReason({ failuresMax }: ScheduleRow, count: Count): string | null {
  if (count.failuresInRow < failuresMax) return null;
  const { lastFailure, failuresInRow: failures } = count;
  if (lastFailure === null) return sayScheduleReason('failures', { failures });
  const reason = 'jobId' in lastFailure ? 'failuresJob' : 'failuresRefused';
  return sayScheduleReason(reason, { failures, ...lastFailure });
}

/** Where the schedule goes after a due time. */
export function advance(schedule: ScheduleRow, count: Count, nowMs: number): ScheduleChange {
  const { failuresInRow } = count;
  const paused = pauseReason(schedule, count);
  if (paused !== null) return { state: 'paused', reason: paused, nextDueMs: null, failuresInRow };
  return { ...activeFrom(schedule, nowMs), failuresInRow };
}

/** Active from a moment on, or ended when no time is left. */
export function activeFrom(
  schedule: Pick<ScheduleRow, 'cron' | 'timezone' | 'untilMs'>,
  nowMs: number,
): Required<Pick<ScheduleChange, 'state' | 'reason' | 'nextDueMs'>> {
  const nextDueMs = nextTime(schedule, nowMs);
  if (nextDueMs !== null && nextDueMs <= (schedule.untilMs ?? nextDueMs)) {
    return { state: 'active', reason: null, nextDueMs };
  }
  return { state: 'ended', reason: sayScheduleReason('noTimeLeft'), nextDueMs: null };
}
