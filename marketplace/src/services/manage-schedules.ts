import type { Clock } from '@node3/shared/clock';
import { MarketError } from '@node3/shared/error';
import type { EventName, NewEvent } from '@node3/shared/events';
import { assertUnchanged } from '@node3/shared/http/entity-tag';
import type { Ids } from '@node3/shared/ids';
import type { DefaultImages } from '@node3/shared/job-spec';
import { limits } from '@node3/shared/limits';
import type {
  CreateSchedule,
  ScheduleDetail,
  ScheduleRules,
  ScheduleSummary,
} from '@node3/shared/routes/schedules';
import { sayScheduleReason } from '@node3/shared/schedule-reasons';
import { toTimestamp } from '@node3/shared/schema';
import { type CronTimes, cronProblem, nextTimes } from '../domain/cron.ts';
import { activeFrom, countEnds } from '../domain/schedule-firing.ts';
import type { ScheduleDecision, ScheduleRow } from '../store/schedule-store.ts';
import type { Store } from '../store/store.ts';
import { invalid } from './check-template.ts';
import type { Intake } from './intake.ts';
import { hashRequest } from './post-job.ts';
import { readTarget, viewTarget } from './schedule-target.ts';
import type { SecretSealer } from './secret-sealer.ts';

export interface ScheduleDeps {
  store: Store;
  clock: Clock;
  ids: Ids;
  sealer: SecretSealer;
  defaultImages: DefaultImages;
  intake: Pick<Intake, 'assertOpen'>;
  /** Tells the worker that the next due time may be another one. */
  wakeSchedules(): void;
}

interface Caller {
  accountId: string;
  keyId: string | null;
}

/** The next times of an expression. Throws REQUEST_INVALID. */
export function previewSchedule({ clock }: Pick<ScheduleDeps, 'clock'>, times: CronTimes) {
  const nowMs = clock.nowMs();
  checkCron(times, nowMs);
  return { next: shownTimes(times, nowMs) };
}

export async function createSchedule(
  deps: ScheduleDeps,
  caller: Caller,
  input: CreateSchedule,
  idempotencyKey: string | null = null,
): Promise<ScheduleDetail> {
  const { accountId, keyId } = caller;
  const idempotency =
    idempotencyKey === null
      ? null
      : { key: idempotencyKey, requestHash: hashSchedule(deps, input) };
  // First of all: what was made once stays made, whatever is taken now.
  const earlier =
    idempotency === null ? null : await deps.store.scheduleBefore(accountId, idempotency);
  if (earlier !== null) return viewDetail(deps, earlier);
  deps.intake.assertOpen();
  const nowMs = deps.clock.nowMs();
  const { rules, first } = readRules(input, nowMs);
  const scheduleId = deps.ids.next('schedule');
  const schedule: ScheduleRow = {
    scheduleId,
    accountId,
    keyId,
    ...rules,
    target: await readTarget(deps, { accountId, scheduleId }, input),
    failuresInRow: 0,
    createdAtMs: nowMs,
    ...first,
  };
  const events = [eventOf(deps, schedule, 'schedule.created')];
  const max = limits.schedulesPerAccount;
  const created = await deps.store.createSchedule(schedule, max, events, idempotency);
  if (!created.replayed) deps.wakeSchedules();
  return viewDetail(deps, created.schedule);
}

/** What a schedule is to do, and its first time. Throws REQUEST_INVALID where there is none. */
function readRules(input: ScheduleRules, nowMs: number) {
  const { name, cron, timezone, overlap = 'skip', catchUp = 'none' } = input;
  checkCron(input, nowMs);
  const untilMs = input.until === undefined ? null : Date.parse(input.until);
  if (Number.isNaN(untilMs)) {
    throw invalid([{ pointer: '/until', detail: 'is no date of the calendar; correct it' }]);
  }
  const first = activeFrom({ cron, timezone, untilMs }, nowMs);
  if (first.state !== 'active') {
    throw invalid([{ pointer: '/until', detail: 'is before the first time; give a later one' }]);
  }
  const { failuresMax = limits.scheduleFailuresDefault } = input;
  return { rules: { name, cron, timezone, overlap, catchUp, failuresMax, untilMs }, first };
}

/** Always keyed: a spec and the parameters of a template may have secrets in them. */
function hashSchedule({ sealer }: Pick<ScheduleDeps, 'sealer'>, input: CreateSchedule): string {
  return hashRequest({ sealer }, input, input);
}

export async function listSchedules(
  { store }: Pick<ScheduleDeps, 'store'>,
  accountId: string,
  query: { limit?: number; cursor?: string },
): Promise<{ data: ScheduleSummary[]; nextCursor: string | null }> {
  const limit = query.limit ?? limits.listPageDefault;
  const beforeScheduleId = query.cursor ?? null;
  const rows = await store.listSchedules({ accountId, beforeScheduleId, limit: limit + 1 });
  const page = rows.slice(0, limit);
  const nextCursor = rows.length > limit ? (page.at(-1)?.scheduleId ?? null) : null;
  return { data: page.map(viewSchedule), nextCursor };
}

export async function readSchedule(
  deps: ScheduleDeps,
  accountId: string,
  scheduleId: string,
): Promise<ScheduleDetail> {
  return viewDetail(deps, await findOwn(deps, accountId, scheduleId));
}

/** One that is paused stays so; one that has ended goes on where it has times again. */
export async function changeSchedule(
  deps: ScheduleDeps,
  accountId: string,
  { scheduleId, input }: { scheduleId: string; input: ScheduleRules },
  ifMatch: string | null = null,
): Promise<ScheduleDetail> {
  const { rules, first } = readRules(input, deps.clock.nowMs());
  const changed = await change(deps, accountId, scheduleId, 'schedule.changed', (stored) => {
    assertUnchanged(ifMatch, versionOfSchedule(viewSchedule(stored)));
    return { change: stored.state === 'paused' ? rules : { ...rules, ...first } };
  });
  deps.wakeSchedules();
  return changed;
}

export function pauseSchedule(
  deps: ScheduleDeps,
  accountId: string,
  scheduleId: string,
  ifMatch: string | null = null,
) {
  return change(deps, accountId, scheduleId, 'schedule.paused', (stored) => {
    assertUnchanged(ifMatch, versionOfSchedule(viewSchedule(stored)));
    if (stored.state === 'ended') throw wrongState(stored);
    if (stored.state === 'paused') return null;
    return {
      change: { state: 'paused', reason: sayScheduleReason('pausedByOwner'), nextDueMs: null },
    };
  });
}

/** From now on with the key it is resumed with: the one before may be revoked. */
export async function resumeSchedule(
  deps: ScheduleDeps,
  { accountId, keyId }: Caller,
  scheduleId: string,
  ifMatch: string | null = null,
) {
  const nowMs = deps.clock.nowMs();
  const open = await deps.store.openScheduleRuns(scheduleId);
  const { countedDueMs } = countEnds(0, open);
  const resumed = await change(deps, accountId, scheduleId, 'schedule.resumed', (stored) => {
    assertUnchanged(ifMatch, versionOfSchedule(viewSchedule(stored)));
    if (stored.state === 'ended') throw wrongState(stored);
    if (stored.state === 'active') return null;
    return { change: { ...activeFrom(stored, nowMs), failuresInRow: 0, keyId }, countedDueMs };
  });
  deps.wakeSchedules();
  return resumed;
}

export async function deleteSchedule(deps: ScheduleDeps, accountId: string, scheduleId: string) {
  const schedule = await findOwn(deps, accountId, scheduleId);
  await deps.store.deleteSchedule(scheduleId, [eventOf(deps, schedule, 'schedule.deleted')]);
  return { scheduleId };
}

async function change(
  deps: ScheduleDeps,
  accountId: string,
  scheduleId: string,
  event: EventName,
  decide: (stored: ScheduleRow) => Omit<ScheduleDecision, 'events'> | null,
): Promise<ScheduleDetail> {
  await findOwn(deps, accountId, scheduleId);
  const changed = await deps.store.changeSchedule(scheduleId, (stored) => {
    const wanted = decide(stored);
    if (wanted === null) return { change: {}, events: [] };
    return { ...wanted, events: [eventOf(deps, stored, event)] };
  });
  if (changed === null) throw new MarketError('SCHEDULE_NOT_FOUND', { scheduleId });
  return viewDetail(deps, changed);
}

function wrongState({ scheduleId, state, reason }: ScheduleRow): MarketError {
  const detail = `The schedule is ${state}: ${reason}`;
  return new MarketError('SCHEDULE_STATE_INVALID', { detail, scheduleId, state });
}

async function findOwn(
  { store }: Pick<ScheduleDeps, 'store'>,
  accountId: string,
  scheduleId: string,
): Promise<ScheduleRow> {
  const schedule = await store.schedule(scheduleId);
  if (schedule?.accountId === accountId) return schedule;
  throw new MarketError('SCHEDULE_NOT_FOUND', { scheduleId });
}

function checkCron(times: CronTimes, nowMs: number): void {
  const problem = cronProblem(times, nowMs);
  if (problem !== null) throw invalid([problem]);
}

function shownTimes(times: CronTimes, nowMs: number): string[] {
  return nextTimes(times, nowMs, limits.scheduleTimesShown).map(toTimestamp);
}

function viewSchedule(row: ScheduleRow): ScheduleSummary {
  const { scheduleId, name, cron, timezone, state, reason, overlap, catchUp } = row;
  return {
    scheduleId,
    name,
    cron,
    timezone,
    state,
    reason,
    overlap,
    catchUp,
    failuresMax: row.failuresMax,
    failuresInRow: row.failuresInRow,
    until: row.untilMs === null ? null : toTimestamp(row.untilMs),
    nextAt: row.nextDueMs === null ? null : toTimestamp(row.nextDueMs),
    createdAt: toTimestamp(row.createdAtMs),
  };
}

/** What its owner made of it and whether it is active: not what it has done since. */
export function versionOfSchedule(view: ScheduleSummary): unknown {
  const { scheduleId, name, cron, timezone, state, reason, overlap, catchUp, failuresMax } = view;
  const { until } = view;
  return [scheduleId, name, cron, timezone, state, reason, overlap, catchUp, failuresMax, until];
}

async function viewDetail(deps: ScheduleDeps, row: ScheduleRow): Promise<ScheduleDetail> {
  const { nextDueMs, untilMs, scheduleId } = row;
  const runs = await deps.store.scheduleRuns(scheduleId, limits.scheduleRunsShown);
  const end = untilMs ?? Number.POSITIVE_INFINITY;
  const times = nextDueMs === null ? [] : shownTimes(row, nextDueMs - 1_000);
  return {
    ...viewSchedule(row),
    target: viewTarget(row.target),
    next: times.filter((time) => Date.parse(time) <= end),
    runs: runs.map(({ dueMs, firedAtMs, outcome, jobId, jobState, errorCode, detail }) => ({
      dueAt: toTimestamp(dueMs),
      firedAt: toTimestamp(firedAtMs),
      outcome,
      jobId,
      jobState,
      errorCode,
      detail,
    })),
  };
}

function eventOf(
  { clock }: Pick<ScheduleDeps, 'clock'>,
  { accountId, scheduleId, name: title, state }: ScheduleRow,
  name: EventName,
): NewEvent {
  return {
    name,
    atMs: clock.nowMs(),
    actor: 'requester',
    accountId,
    jobId: null,
    executionId: null,
    reason: null,
    data: { scheduleId, title, before: name === 'schedule.created' ? null : state },
  };
}
