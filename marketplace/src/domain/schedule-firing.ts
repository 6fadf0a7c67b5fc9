import { isTerminalJob } from '@node3/shared/job-state';
import { limits } from '@node3/shared/limits';
import { scheduleReasons } from '@node3/shared/schedule-reasons';
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
    const detail = 'The marketplace did not run at this time.';
    return { ...nothing, outcome: 'missed', detail };
  }
  const running = open.filter(({ state }) => !isTerminalJob(state));
  const [first] = running;
  if (first !== undefined && schedule.overlap === 'skip') {
    const detail = `Job ${first.jobId} of an earlier time was not over.`;
    return { ...nothing, outcome: 'skipped', detail };
  }
  if (running.length < limits.scheduleOpenRunsMax) return null;
  const detail = `${running.length} jobs of earlier times were not over, which is the most.`;
  return { ...nothing, outcome: 'skipped', detail };
}

export interface Count {
  failuresInRow: number;
  /** The last failure, as part of a sentence. */
  lastFailure: string | null;
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
    count.lastFailure = succeeded ? null : `job ${jobId} is ${state}`;
  }
  return count;
}

/** The sentence with which a schedule pauses; null while it goes on. */
export function pauseReason({ failuresMax }: ScheduleRow, count: Count): string | null {
  if (count.failuresInRow < failuresMax) return null;
  const last = count.lastFailure === null ? '' : `; the last one: ${count.lastFailure}`;
  return `Paused after ${count.failuresInRow} failures in a row${last}.`;
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
  return { state: 'ended', reason: scheduleReasons.noTimeLeft, nextDueMs: null };
}
