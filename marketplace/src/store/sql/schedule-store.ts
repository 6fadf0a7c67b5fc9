import { MarketError } from '@node3/shared/error';
import type { JobState } from '@node3/shared/job-state';
import type { Idempotency } from '../job-store.ts';
import type { Firing, ScheduleRow, ScheduleStore } from '../schedule-store.ts';
import { inNumbers, toNumberOrNull } from './codec.ts';
import type { Database } from './database.ts';
import { appendEventsIn } from './events.ts';
import { type RunRecord, type ScheduleRecord, toRun, toSchedule } from './schedule-codec.ts';
import type { Tx, Work } from './work.ts';

const countSchedules = 'SELECT count(*) AS count FROM schedules WHERE account_id = ?';
const insertSchedule = `
  INSERT INTO schedules (schedule_id, account_id, api_key_id, name, cron, timezone, target, overlap,
    catch_up, failures_max, failures_in_row, state, reason, until_ms, next_due_ms, created_at_ms,
    idempotency_key, request_hash)
  VALUES (@scheduleId, @accountId, @keyId, @name, @cron, @timezone, @target, @overlap,
    @catchUp, @failuresMax, @failuresInRow, @state, @reason, @untilMs, @nextDueMs, @createdAtMs,
    @idempotencyKey, @requestHash)`;
const selectRepeated = 'SELECT * FROM schedules WHERE account_id = ? AND idempotency_key = ?';
const selectSchedule = 'SELECT * FROM schedules WHERE schedule_id = ?';
const listOfAccount = `
  SELECT * FROM schedules WHERE account_id = ? AND schedule_id < ?
  ORDER BY schedule_id DESC LIMIT ?`;
const updateSchedule = `
  UPDATE schedules SET state = @state, reason = @reason, next_due_ms = @nextDueMs,
    failures_in_row = @failuresInRow, api_key_id = @keyId, name = @name, cron = @cron,
    timezone = @timezone, overlap = @overlap, catch_up = @catchUp, failures_max = @failuresMax,
    until_ms = @untilMs
  WHERE schedule_id = @scheduleId`;
const deleteRuns = 'DELETE FROM schedule_runs WHERE schedule_id = ?';
const deleteOne = 'DELETE FROM schedules WHERE schedule_id = ?';
const selectDue = `
  SELECT * FROM schedules INDEXED BY schedules_due WHERE next_due_ms <= ?
  ORDER BY next_due_ms LIMIT ?`;
const selectNext = `
  SELECT next_due_ms FROM schedules INDEXED BY schedules_due WHERE next_due_ms IS NOT NULL
  ORDER BY next_due_ms LIMIT 1`;
const moveDue = `
  UPDATE schedules SET next_due_ms = ? WHERE schedule_id = ? AND next_due_ms = ?`;
const insertRun = `
  INSERT INTO schedule_runs (schedule_id, due_ms, fired_at_ms, outcome, job_id, error_code, detail,
    counted)
  VALUES (@scheduleId, @dueMs, @firedAtMs, @outcome, @jobId, @errorCode, @detail, @counted)
  ON CONFLICT (schedule_id, due_ms) DO NOTHING`;
const countRuns = `
  UPDATE schedule_runs SET counted = 1
  WHERE schedule_id = ? AND due_ms ${inNumbers}`;
const forgetRuns = `
  DELETE FROM schedule_runs WHERE schedule_id = @scheduleId AND counted = 1 AND due_ms <= (
    SELECT due_ms FROM schedule_runs WHERE schedule_id = @scheduleId
    ORDER BY due_ms DESC LIMIT 1 OFFSET @kept)`;
const withState = `
  SELECT *, (SELECT state FROM jobs WHERE jobs.job_id = schedule_runs.job_id) AS job_state
  FROM schedule_runs`;
const selectOpen = `
  ${withState} INDEXED BY schedule_runs_open WHERE schedule_id = ? AND counted = 0 ORDER BY due_ms`;
const selectRuns = `${withState} WHERE schedule_id = ? ORDER BY due_ms DESC LIMIT ?`;
/** Sorts after every id. */
const afterAllIds = '~';

type RunWithState = RunRecord & { job_state: JobState | null };

export function createScheduleStore(database: Database): ScheduleStore {
  return { ...scheduleRows(database), ...firings(database) };
}

function scheduleRows(
  database: Database,
): Pick<
  ScheduleStore,
  | 'createSchedule'
  | 'scheduleBefore'
  | 'schedule'
  | 'listSchedules'
  | 'changeSchedule'
  | 'deleteSchedule'
> {
  return {
    createSchedule(schedule, max, events, idempotency = null) {
      return database.write(function* (tx) {
        const earlier = yield* createdBefore(tx, schedule.accountId, idempotency);
        if (earlier !== null) return { schedule: earlier, replayed: true };
        const found = yield* tx.get<{ count: bigint }>(countSchedules, schedule.accountId);
        const count = Number(found?.count);
        if (count >= max) throw new MarketError('LIMIT_REACHED', { schedules: count, max });
        yield* tx.post(insertSchedule, {
          ...schedule,
          target: JSON.stringify(schedule.target),
          idempotencyKey: idempotency?.key ?? null,
          requestHash: idempotency?.requestHash ?? null,
        });
        yield* appendEventsIn(tx, events);
        return { schedule, replayed: false };
      });
    },
    scheduleBefore(accountId, idempotency) {
      return database.read((tx) => createdBefore(tx, accountId, idempotency));
    },
    schedule(scheduleId) {
      return database.read((tx) => scheduleIn(tx, scheduleId));
    },
    listSchedules({ accountId, beforeScheduleId, limit }) {
      return database.read(function* (tx) {
        return (yield* tx.all<ScheduleRecord>(
          listOfAccount,
          accountId,
          beforeScheduleId ?? afterAllIds,
          limit,
        )).map(toSchedule);
      });
    },
    changeSchedule(scheduleId, decide) {
      return database.write(function* (tx) {
        const stored = yield* scheduleIn(tx, scheduleId);
        if (stored === null) return null;
        const { change, countedDueMs = [], events } = decide(stored);
        const changed = { ...stored, ...change };
        yield* tx.post(countRuns, scheduleId, JSON.stringify(countedDueMs));
        yield* updateIn(tx, changed);
        yield* appendEventsIn(tx, events);
        return changed;
      });
    },
    deleteSchedule(scheduleId, events) {
      return database.write(function* (tx) {
        yield* tx.post(deleteRuns, scheduleId);
        if ((yield* tx.run(deleteOne, scheduleId)) === 0) return false;
        yield* appendEventsIn(tx, events);
        return true;
      });
    },
  };
}

function firings(database: Database): Omit<ScheduleStore, keyof ReturnType<typeof scheduleRows>> {
  return {
    dueSchedules(nowMs, limit) {
      return database.read(function* (tx) {
        return (yield* tx.all<ScheduleRecord>(selectDue, nowMs, limit)).map(toSchedule);
      });
    },
    async nextScheduleDueMs() {
      const found = await database.read((tx) => tx.get<{ next_due_ms: bigint | null }>(selectNext));
      return toNumberOrNull(found?.next_due_ms ?? null);
    },
    moveScheduleDue(scheduleId, fromMs, toMs) {
      return database.write(function* (tx) {
        return (yield* tx.run(moveDue, toMs, scheduleId, fromMs)) > 0;
      });
    },
    recordFiring(firing) {
      return database.write((tx) => recordFiringIn(tx, firing));
    },
    openScheduleRuns(scheduleId) {
      return database.read(function* (tx) {
        return (yield* tx.all<RunWithState>(selectOpen, scheduleId)).flatMap(
          ({ due_ms, job_id, job_state }) =>
            job_id === null || job_state === null
              ? []
              : [{ dueMs: Number(due_ms), jobId: job_id, state: job_state }],
        );
      });
    },
    scheduleRuns(scheduleId, limit) {
      return database.read(function* (tx) {
        return (yield* tx.all<RunWithState>(selectRuns, scheduleId, limit)).map((record) => ({
          ...toRun(record),
          jobState: record.job_state,
        }));
      });
    },
  };
}

function* recordFiringIn(tx: Tx, firing: Firing): Work<void> {
  const { scheduleId, dueMs, run, change, events } = firing;
  const stored = yield* scheduleIn(tx, scheduleId);
  if (stored === null) return;
  const counted = run.jobId === null ? 1 : 0;
  const isNew = (yield* tx.run(insertRun, { ...run, counted })) > 0;
  if (stored.nextDueMs !== dueMs) {
    // Paused meanwhile: what was done is told, and the rest is as its owner wants it.
    if (isNew) yield* appendEventsIn(tx, events.slice(0, 1));
    return;
  }
  yield* tx.post(countRuns, scheduleId, JSON.stringify(firing.countedDueMs));
  yield* updateIn(tx, { ...stored, ...change });
  yield* tx.post(forgetRuns, { scheduleId, kept: firing.runsKept });
  yield* appendEventsIn(tx, events);
}

function* createdBefore(
  tx: Tx,
  accountId: string,
  idempotency: Idempotency | null,
): Work<ScheduleRow | null> {
  if (idempotency === null) return null;
  const { key, requestHash } = idempotency;
  const found = yield* tx.get<ScheduleRecord & { request_hash: string }>(
    selectRepeated,
    accountId,
    key,
  );
  if (found === undefined) return null;
  if (found.request_hash !== requestHash) throw new MarketError('IDEMPOTENCY_MISMATCH');
  return toSchedule(found);
}

function* scheduleIn(tx: Tx, scheduleId: string): Work<ScheduleRow | null> {
  const found = yield* tx.get<ScheduleRecord>(selectSchedule, scheduleId);
  return found === undefined ? null : toSchedule(found);
}

function* updateIn(tx: Tx, row: ScheduleRow): Work<void> {
  const { accountId: _accountId, target: _target, createdAtMs: _createdAtMs, ...columns } = row;
  yield* tx.post(updateSchedule, columns);
}
