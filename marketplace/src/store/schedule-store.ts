import type { NewEvent } from '@node3/shared/events';
import type { JobSpecInput } from '@node3/shared/job-spec';
import type { JobState } from '@node3/shared/job-state';
import type {
  CatchUp,
  FiringOutcome,
  Overlap,
  ScheduleState,
} from '@node3/shared/routes/schedules';
import type { ParameterValues } from '@node3/shared/template';
import type { Idempotency } from './job-store.ts';

export type ScheduleTarget =
  /** The spec has masks where its secrets are sealed for this schedule, by name. */
  | { kind: 'job'; spec: JobSpecInput; sealed?: Record<string, string> }
  | {
      kind: 'template';
      templateId: string;
      version: number;
      /** Without the secret ones. */
      parameters: ParameterValues;
      /** Secret parameters by name, sealed for this schedule. */
      sealed: Record<string, string>;
    };

export interface ScheduleRow {
  scheduleId: string;
  accountId: string;
  /** The key it was made or resumed with, whose caps hold; null for the operator's key. */
  keyId: string | null;
  name: string;
  cron: string;
  timezone: string;
  target: ScheduleTarget;
  overlap: Overlap;
  catchUp: CatchUp;
  failuresMax: number;
  failuresInRow: number;
  state: ScheduleState;
  /** One sentence, why it is not active. */
  reason: string | null;
  untilMs: number | null;
  /** null unless it is active. */
  nextDueMs: number | null;
  createdAtMs: number;
}

/** What was done at one time of a schedule. */
export interface ScheduleRunRow {
  scheduleId: string;
  dueMs: number;
  firedAtMs: number;
  outcome: FiringOutcome;
  jobId: string | null;
  errorCode: string | null;
  detail: string | null;
}

export type ScheduleChange = Partial<
  Omit<ScheduleRow, 'scheduleId' | 'accountId' | 'target' | 'createdAtMs'>
>;

export interface ScheduleDecision {
  change: ScheduleChange;
  /** Runs whose end counts no more. */
  countedDueMs?: number[];
  events: NewEvent[];
}

/** A posted job whose end the schedule has not counted yet. */
export interface OpenScheduleRun {
  dueMs: number;
  jobId: string;
  state: JobState;
}

export interface Firing {
  scheduleId: string;
  /** The time that this is about. */
  dueMs: number;
  run: ScheduleRunRow;
  /** Runs whose end is counted in `change`. */
  countedDueMs: number[];
  change: ScheduleChange;
  events: NewEvent[];
  /** Older runs than this many are forgotten, once their end is counted. */
  runsKept: number;
}

export interface ScheduleStore {
  /**
   * Rejects with LIMIT_REACHED past `max` of the account, and with IDEMPOTENCY_MISMATCH where the key
   * belongs to another request. `replayed`: the schedule is the one that the key has made before.
   */
  createSchedule(
    schedule: ScheduleRow,
    max: number,
    events: NewEvent[],
    idempotency?: Idempotency | null,
  ): Promise<{ schedule: ScheduleRow; replayed: boolean }>;
  /** The one that an idempotency key has made already, or null. IDEMPOTENCY_MISMATCH as above. */
  scheduleBefore(accountId: string, idempotency: Idempotency): Promise<ScheduleRow | null>;
  schedule(scheduleId: string): Promise<ScheduleRow | null>;
  /** Newest first; `beforeScheduleId` continues a page. */
  listSchedules(query: ScheduleQuery): Promise<ScheduleRow[]>;
  /** `decide` gets what is stored and may throw; it must not wait. null for an unknown schedule. */
  changeSchedule(
    scheduleId: string,
    decide: (stored: ScheduleRow) => ScheduleDecision,
  ): Promise<ScheduleRow | null>;
  /** Removes it with its runs. Returns whether it was there. */
  deleteSchedule(scheduleId: string, events: NewEvent[]): Promise<boolean>;

  /** Schedules whose time has come, the longest due first. */
  dueSchedules(nowMs: number, limit: number): Promise<ScheduleRow[]>;
  /** When the next one comes; null when none will. */
  nextScheduleDueMs(): Promise<number | null>;
  /** Moves the due time, unless it is no longer `fromMs`. Returns whether it was. */
  moveScheduleDue(scheduleId: string, fromMs: number, toMs: number): Promise<boolean>;
  /**
   * Records what was done at a due time and goes on to the next, in one transaction. Where the due
   * time is no longer this one, because somebody paused it meanwhile, only the run is recorded; a run
   * of that time that exists already stays. Does nothing for a schedule that is gone.
   */
  recordFiring(firing: Firing): Promise<void>;
  /** Oldest first. */
  openScheduleRuns(scheduleId: string): Promise<OpenScheduleRun[]>;
  /** Newest first, each with the state of its job. */
  scheduleRuns(
    scheduleId: string,
    limit: number,
  ): Promise<(ScheduleRunRow & { jobState: JobState | null })[]>;
}

export interface ScheduleQuery {
  accountId: string;
  beforeScheduleId: string | null;
  limit: number;
}
