import type { JobSpec, JobState } from './job-spec.ts';

/** A schedule as it is made: exactly one of `jobSpec` and `template`. */
export interface ScheduleInput {
  name: string;
  /** Five fields, minute first, such as `30 2 * * MON-FRI`; or @hourly, @daily, @weekly … */
  cron: string;
  /** IANA name, such as Europe/Berlin or UTC. */
  timezone: string;
  jobSpec?: JobSpec;
  template?: {
    templateId: string;
    /** Without it the newest now; later versions do not change a schedule. */
    version?: number;
    parameters?: Record<string, ParameterValue>;
  };
  /** What happens while an earlier job is not over; skip where nothing is said. */
  overlap?: 'skip' | 'allow';
  /** What happens after times were missed: nothing, or the last one is made up for. */
  catchUp?: 'none' | 'last';
  /** Failures in a row after which the schedule pauses. */
  failuresMax?: number;
  /** The last moment a job may be posted, RFC 3339. */
  until?: string;
}

/** The value of a template's parameter. */
export type ParameterValue = string | number | boolean;

/** A schedule as lists have it. */
export interface ScheduleSummary {
  scheduleId: string;
  name: string;
  cron: string;
  timezone: string;
  /** `ended`: its last time before `until` is over. */
  state: 'active' | 'paused' | 'ended';
  /** Why it is not active. */
  reason: string | null;
  overlap: 'skip' | 'allow';
  catchUp: 'none' | 'last';
  failuresMax: number;
  failuresInRow: number;
  until: string | null;
  nextAt: string | null;
  createdAt: string;
}

/** A schedule with its next times and its last runs, newest first. */
export interface Schedule extends ScheduleSummary {
  /** Told apart by `kind`. */
  target:
    | { kind: 'job'; spec: unknown }
    | {
        kind: 'template';
        templateId: string;
        version: number;
        parameters: Record<string, ParameterValue>;
      };
  next: string[];
  runs: ScheduleRun[];
}

/** One time of a schedule. `missed`: the marketplace did not run then. */
export interface ScheduleRun {
  dueAt: string;
  firedAt: string;
  outcome: 'posted' | 'skipped' | 'missed' | 'refused';
  jobId: string | null;
  jobState: JobState | null;
  errorCode: string | null;
  detail: string | null;
}
