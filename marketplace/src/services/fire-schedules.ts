import { isMarketError, MarketError } from '@node3/shared/error';
import type { EventName, NewEvent } from '@node3/shared/events';
import { limits } from '@node3/shared/limits';
import type { Logger } from '@node3/shared/logger';
import { sayScheduleReason } from '@node3/shared/schedule-reasons';
import { toTimestamp } from '@node3/shared/schema';
import {
  advance,
  type Count,
  countEnds,
  type Done,
  dueTime,
  pauseReason,
  reasonNotToPost,
} from '../domain/schedule-firing.ts';
import type { JobRow } from '../store/rows.ts';
import type { ScheduleChange, ScheduleRow } from '../store/schedule-store.ts';
import { hashText } from './api-key.ts';
import { assertKeyWorks } from './assert-key-works.ts';
import { fillTemplate } from './fill-template.ts';
import { findOwnTemplate, findVersion } from './manage-templates.ts';
import { type PostJobDeps, type PostJobInput, postJob } from './post-job.ts';
import { openParameters, openScheduledSecrets } from './schedule-target.ts';

export interface FireDeps extends PostJobDeps {
  log: Logger;
}

/** Schedules worked on at a time; their writes share commits. */
const firedAtOnce = 100;

/** Does what is due of all schedules. Returns how many times were worked on. */
export async function fireSchedules(deps: FireDeps, signal?: AbortSignal): Promise<number> {
  for (let fired = 0; ; ) {
    const nowMs = deps.clock.nowMs();
    const due = await deps.store.dueSchedules(nowMs, firedAtOnce);
    if (due.length === 0 || signal?.aborted === true) return fired;
    const ends = await Promise.allSettled(due.map((row) => fireSchedule(deps, row, nowMs)));
    // One that can't be recorded is due again; the others of its batch are done meanwhile.
    const failed = ends.find((end) => end.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    fired += due.length;
  }
}

async function fireSchedule(deps: FireDeps, schedule: ScheduleRow, nowMs: number): Promise<void> {
  const { accountId, scheduleId, nextDueMs } = schedule;
  if (nextDueMs === null) return;
  const open = await deps.store.openScheduleRuns(scheduleId);
  const before = countEnds(schedule.failuresInRow, open);
  const posted = await deps.store.postedBefore(accountId, idempotencyOf(scheduleId, nextDueMs));
  if (posted !== null) {
    // By a process that died before it could say so. What came after this time is still to be done.
    const firing = { schedule, dueMs: nextDueMs, firedAtMs: nowMs, fromMs: nextDueMs };
    await record(deps, firing, before, postedAs(posted));
    return;
  }
  const dueMs = dueTime(schedule, nextDueMs, nowMs);
  if (dueMs !== nextDueMs) {
    // On disk before anything is posted for it: after a crash this time is found again, and not the
    // one that is then the last.
    const moved = await deps.store.moveScheduleDue(scheduleId, nextDueMs, dueMs);
    if (!moved) return;
  }
  const done =
    pausing(schedule, before) ??
    reasonNotToPost(schedule, dueMs, open, nowMs) ??
    (await tryToPost(deps, schedule, dueMs));
  const firing = { schedule, dueMs, firedAtMs: nowMs, fromMs: nowMs };
  await record(deps, firing, withRefusal(before, done), done);
}

interface FiringNow {
  schedule: ScheduleRow;
  dueMs: number;
  firedAtMs: number;
  /** The next time is the first after this one. */
  fromMs: number;
}

async function record(deps: FireDeps, firing: FiringNow, count: Count, done: Done): Promise<void> {
  const { schedule, dueMs, firedAtMs, fromMs } = firing;
  const { scheduleId } = schedule;
  const change = advance(schedule, count, fromMs);
  await deps.store.recordFiring({
    scheduleId,
    dueMs,
    run: { scheduleId, dueMs, firedAtMs, ...done },
    countedDueMs: count.countedDueMs,
    change,
    events: eventsOf(firing, done, change),
    runsKept: limits.scheduleRunsKept,
  });
}

function pausing(schedule: ScheduleRow, before: Count): Done | null {
  const detail = pauseReason(schedule, before);
  return detail === null ? null : { outcome: 'skipped', jobId: null, errorCode: null, detail };
}

async function tryToPost(deps: FireDeps, schedule: ScheduleRow, dueMs: number): Promise<Done> {
  try {
    const { job } = await postJob(deps, await posting(deps, schedule, dueMs));
    return postedAs(job);
  } catch (error) {
    return refusal(deps, schedule, error);
  }
}

const postedAs = ({ jobId }: JobRow): Done => ({
  outcome: 'posted',
  jobId,
  errorCode: null,
  detail: null,
});

/**
 * The same for one time of a schedule for ever, whatever became of its template meanwhile. With
 * spaces, which no header can have: a request with the same key would keep the time from being done.
 */
function idempotencyOf(scheduleId: string, dueMs: number) {
  const key = `schedule ${scheduleId} ${dueMs}`;
  return { key, requestHash: hashText(key) };
}

async function posting(
  deps: FireDeps,
  { accountId, keyId, scheduleId, target }: ScheduleRow,
  dueMs: number,
): Promise<PostJobInput> {
  const revoked = 'The key that the schedule works with is revoked; resume it with another one.';
  await assertKeyWorks(deps, keyId, revoked);
  const { key: idempotencyKey, requestHash } = idempotencyOf(scheduleId, dueMs);
  const caller = { accountId, keyId, idempotencyKey, requestHash };
  const origin = { schedule: { scheduleId, dueAt: toTimestamp(dueMs) } };
  if (target.kind === 'job') {
    const secrets = openScheduledSecrets(deps.sealer, scheduleId, target);
    return { ...caller, spec: target.spec, secrets, origin };
  }
  const { templateId } = target;
  const template = await findOwnTemplate(deps, accountId, templateId);
  if (template.archivedAtMs !== null) throw new MarketError('TEMPLATE_ARCHIVED', { templateId });
  const { version, ...filled } = {
    ...fillTemplate(await findVersion(deps, template, target.version), {
      parameters: openParameters(deps.sealer, scheduleId, target),
    }),
    version: target.version,
  };
  return { ...caller, ...filled, origin: { ...origin, template: { templateId, version } } };
}

const passing = ['STORE_UNAVAILABLE', 'STORAGE_FULL', 'MARKET_READ_ONLY'] as const;

/** What kept a job from being posted. Trouble that is not the schedule's, and passes, is rethrown. */
function refusal(deps: FireDeps, { scheduleId }: ScheduleRow, error: unknown): Done {
  if (passing.some((code) => isMarketError(error, code))) throw error;
  if (error instanceof MarketError && error.code !== 'INTERNAL') {
    return { outcome: 'refused', jobId: null, errorCode: error.code, detail: error.message };
  }
  deps.log.error({ err: error, scheduleId }, 'a schedule could not post its job');
  const detail = sayScheduleReason('unexpected');
  return { outcome: 'refused', jobId: null, errorCode: 'INTERNAL', detail };
}

function withRefusal(count: Count, { outcome, errorCode, detail }: Done): Count {
  if (outcome !== 'refused') return count;
  const lastFailure = { code: errorCode ?? 'INTERNAL', why: detail?.replace(/\.$/, '') ?? '' };
  return { ...count, failuresInRow: count.failuresInRow + 1, lastFailure };
}

const endEvents: Partial<Record<string, EventName>> = {
  paused: 'schedule.paused',
  ended: 'schedule.ended',
};

function eventsOf(
  { schedule: { scheduleId, accountId }, dueMs, firedAtMs }: FiringNow,
  { outcome, jobId, errorCode }: Done,
  change: ScheduleChange,
): NewEvent[] {
  const event = (name: EventName, data: NewEvent['data']): NewEvent => ({
    name,
    atMs: firedAtMs,
    actor: 'marketplace',
    accountId,
    jobId: null,
    executionId: null,
    reason: null,
    data: { scheduleId, ...data },
  });
  const dueAt = toTimestamp(dueMs);
  const fired = event('schedule.fired', { dueAt, outcome, jobId, errorCode });
  const end = endEvents[change.state ?? ''];
  return end === undefined ? [fired] : [fired, event(end, { reason: change.reason ?? null })];
}
