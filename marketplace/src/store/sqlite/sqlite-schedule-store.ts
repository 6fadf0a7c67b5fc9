import { MarketError } from '@node3/shared/error';
import type { JobState } from '@node3/shared/job-state';
import type Database from 'better-sqlite3';
import type { Firing, ScheduleRow, ScheduleStore } from '../schedule-store.ts';
import { toNumberOrNull } from './codec.ts';
import { appendEventsIn } from './old-style.ts';
import { type RunRecord, type ScheduleRecord, toRun, toSchedule } from './schedule-codec.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import { statement } from './statement.ts';

const countSchedules = 'SELECT count(*) AS count FROM schedules WHERE account_id = ?';
const insertSchedule = `
  INSERT INTO schedules (schedule_id, account_id, api_key_id, name, cron, timezone, target, overlap,
    catch_up, failures_max, failures_in_row, state, reason, until_ms, next_due_ms, created_at_ms)
  VALUES (@scheduleId, @accountId, @keyId, @name, @cron, @timezone, @target, @overlap,
    @catchUp, @failuresMax, @failuresInRow, @state, @reason, @untilMs, @nextDueMs, @createdAtMs)`;
const selectSchedule = 'SELECT * FROM schedules WHERE schedule_id = ?';
const listOfAccount = `
  SELECT * FROM schedules WHERE account_id = ? AND schedule_id < ?
  ORDER BY schedule_id DESC LIMIT ?`;
const updateSchedule = `
  UPDATE schedules SET state = @state, reason = @reason, next_due_ms = @nextDueMs,
    failures_in_row = @failuresInRow, api_key_id = @keyId
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
  WHERE schedule_id = ? AND due_ms IN (SELECT value FROM json_each(?))`;
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

export function createSqliteScheduleStore(sqlite: SqliteDatabase): ScheduleStore {
  return { ...scheduleRows(sqlite), ...firings(sqlite) };
}

function scheduleRows(
  sqlite: SqliteDatabase,
): Pick<
  ScheduleStore,
  'createSchedule' | 'schedule' | 'listSchedules' | 'changeSchedule' | 'deleteSchedule'
> {
  return {
    createSchedule(schedule, max, events) {
      return sqlite.write((db) => {
        const found = statement<{ count: bigint }>(db, countSchedules).get(schedule.accountId);
        const count = Number(found?.count);
        if (count >= max) throw new MarketError('LIMIT_REACHED', { schedules: count, max });
        statement(db, insertSchedule).run({ ...schedule, target: JSON.stringify(schedule.target) });
        appendEventsIn(sqlite, db, events);
      });
    },
    async schedule(scheduleId) {
      return sqlite.read((db) => scheduleIn(db, scheduleId));
    },
    async listSchedules({ accountId, beforeScheduleId, limit }) {
      return sqlite.read((db) =>
        statement<ScheduleRecord>(db, listOfAccount)
          .all(accountId, beforeScheduleId ?? afterAllIds, limit)
          .map(toSchedule),
      );
    },
    changeSchedule(scheduleId, decide) {
      return sqlite.write((db) => {
        const stored = scheduleIn(db, scheduleId);
        if (stored === null) return null;
        const { change, countedDueMs = [], events } = decide(stored);
        const changed = { ...stored, ...change };
        statement(db, countRuns).run(scheduleId, JSON.stringify(countedDueMs));
        updateIn(db, changed);
        appendEventsIn(sqlite, db, events);
        return changed;
      });
    },
    deleteSchedule(scheduleId, events) {
      return sqlite.write((db) => {
        statement(db, deleteRuns).run(scheduleId);
        if (statement(db, deleteOne).run(scheduleId).changes === 0) return false;
        appendEventsIn(sqlite, db, events);
        return true;
      });
    },
  };
}

function firings(
  sqlite: SqliteDatabase,
): Omit<ScheduleStore, keyof ReturnType<typeof scheduleRows>> {
  return {
    async dueSchedules(nowMs, limit) {
      return sqlite.read((db) =>
        statement<ScheduleRecord>(db, selectDue).all(nowMs, limit).map(toSchedule),
      );
    },
    async nextScheduleDueMs() {
      const found = sqlite.read((db) =>
        statement<{ next_due_ms: bigint | null }>(db, selectNext).get(),
      );
      return toNumberOrNull(found?.next_due_ms ?? null);
    },
    moveScheduleDue(scheduleId, fromMs, toMs) {
      return sqlite.write((db) => statement(db, moveDue).run(toMs, scheduleId, fromMs).changes > 0);
    },
    recordFiring(firing) {
      return sqlite.write((db) => recordFiringIn(sqlite, db, firing));
    },
    async openScheduleRuns(scheduleId) {
      return sqlite.read((db) =>
        statement<RunWithState>(db, selectOpen)
          .all(scheduleId)
          .flatMap(({ due_ms, job_id, job_state }) =>
            job_id === null || job_state === null
              ? []
              : [{ dueMs: Number(due_ms), jobId: job_id, state: job_state }],
          ),
      );
    },
    async scheduleRuns(scheduleId, limit) {
      return sqlite.read((db) =>
        statement<RunWithState>(db, selectRuns)
          .all(scheduleId, limit)
          .map((record) => ({ ...toRun(record), jobState: record.job_state })),
      );
    },
  };
}

function recordFiringIn(sqlite: SqliteDatabase, db: Database.Database, firing: Firing): void {
  const { scheduleId, dueMs, run, change, events } = firing;
  const stored = scheduleIn(db, scheduleId);
  if (stored === null) return;
  const counted = run.jobId === null ? 1 : 0;
  const isNew = statement(db, insertRun).run({ ...run, counted }).changes > 0;
  if (stored.nextDueMs !== dueMs) {
    // Paused meanwhile: what was done is told, and the rest is as its owner wants it.
    if (isNew) appendEventsIn(sqlite, db, events.slice(0, 1));
    return;
  }
  statement(db, countRuns).run(scheduleId, JSON.stringify(firing.countedDueMs));
  updateIn(db, { ...stored, ...change });
  statement(db, forgetRuns).run({ scheduleId, kept: firing.runsKept });
  appendEventsIn(sqlite, db, events);
}

function scheduleIn(db: Database.Database, scheduleId: string): ScheduleRow | null {
  const found = statement<ScheduleRecord>(db, selectSchedule).get(scheduleId);
  return found === undefined ? null : toSchedule(found);
}

function updateIn(db: Database.Database, row: ScheduleRow): void {
  const { scheduleId, state, reason, nextDueMs, failuresInRow, keyId } = row;
  const columns = { scheduleId, state, reason, nextDueMs, failuresInRow, keyId };
  statement(db, updateSchedule).run(columns);
}
