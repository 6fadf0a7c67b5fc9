import type {
  CatchUp,
  FiringOutcome,
  Overlap,
  ScheduleState,
} from '@node3/shared/routes/schedules';
import type { ScheduleRow, ScheduleRunRow, ScheduleTarget } from '../schedule-store.ts';
import { fromJson, toNumberOrNull } from './codec.ts';

export interface ScheduleRecord {
  schedule_id: string;
  account_id: string;
  api_key_id: string | null;
  name: string;
  cron: string;
  timezone: string;
  target: string;
  overlap: string;
  catch_up: string;
  failures_max: bigint;
  failures_in_row: bigint;
  state: string;
  reason: string | null;
  until_ms: bigint | null;
  next_due_ms: bigint | null;
  created_at_ms: bigint;
}

export interface RunRecord {
  schedule_id: string;
  due_ms: bigint;
  fired_at_ms: bigint;
  outcome: string;
  job_id: string | null;
  error_code: string | null;
  detail: string | null;
}

export function toSchedule(record: ScheduleRecord): ScheduleRow {
  return {
    scheduleId: record.schedule_id,
    accountId: record.account_id,
    keyId: record.api_key_id,
    name: record.name,
    cron: record.cron,
    timezone: record.timezone,
    target: fromJson(record.target) as ScheduleTarget,
    overlap: record.overlap as Overlap,
    catchUp: record.catch_up as CatchUp,
    failuresMax: Number(record.failures_max),
    failuresInRow: Number(record.failures_in_row),
    state: record.state as ScheduleState,
    reason: record.reason,
    untilMs: toNumberOrNull(record.until_ms),
    nextDueMs: toNumberOrNull(record.next_due_ms),
    createdAtMs: Number(record.created_at_ms),
  };
}

export function toRun(record: RunRecord): ScheduleRunRow {
  return {
    scheduleId: record.schedule_id,
    dueMs: Number(record.due_ms),
    firedAtMs: Number(record.fired_at_ms),
    outcome: record.outcome as FiringOutcome,
    jobId: record.job_id,
    errorCode: record.error_code,
    detail: record.detail,
  };
}
