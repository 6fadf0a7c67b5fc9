import type { NewEvent } from '@node3/shared/events';
import { describe, expect, it } from 'vitest';
import type { Firing, ScheduleRow } from '../schedule-store.ts';
import type { Given } from '../store.conformance.ts';
import { cancel } from './decisions.ts';
import type { World } from './world.ts';

const minute = 60_000;

function newSchedule(
  world: World,
  accountId: string,
  change: Partial<ScheduleRow> = {},
): ScheduleRow {
  return {
    scheduleId: world.ids.next('schedule'),
    accountId,
    keyId: null,
    name: 'nightly',
    cron: '* * * * *',
    timezone: 'UTC',
    target: {
      kind: 'template',
      templateId: 'tpl_1',
      version: 2,
      parameters: { a: 1, b: 'x' },
      sealed: { c: 's1.abc' },
    },
    overlap: 'skip',
    catchUp: 'none',
    failuresMax: 3,
    failuresInRow: 0,
    state: 'active',
    reason: null,
    untilMs: null,
    nextDueMs: world.nowMs,
    createdAtMs: world.nowMs,
    ...change,
  };
}

function eventOf(accountId: string, name: NewEvent['name']): NewEvent {
  const ids = { jobId: null, executionId: null };
  return { name, atMs: 1, actor: 'marketplace', accountId, ...ids, reason: null, data: {} };
}

function firingOf(
  { scheduleId, accountId, nextDueMs }: ScheduleRow,
  jobId: string | null,
  change: Partial<Firing> = {},
): Firing {
  const dueMs = nextDueMs ?? 0;
  const outcome = jobId === null ? ('missed' as const) : ('posted' as const);
  return {
    scheduleId,
    dueMs,
    run: {
      scheduleId,
      dueMs,
      firedAtMs: dueMs + 5,
      outcome,
      jobId,
      errorCode: null,
      detail: null,
    },
    countedDueMs: [],
    change: { nextDueMs: dueMs + minute },
    events: [eventOf(accountId, 'schedule.fired')],
    runsKept: 100,
    ...change,
  };
}

/** Uses each method of the store for schedules at least once. */
export async function liveThroughSchedules(world: World): Promise<void> {
  const { store } = world;
  const accountId = await world.openAccount();
  const schedule = newSchedule(world, accountId);
  const { scheduleId } = schedule;
  await store.createSchedule(schedule, 9, [], { key: 'k', requestHash: 'h' });
  await store.scheduleBefore(accountId, { key: 'k', requestHash: 'h' });
  await store.schedule(scheduleId);
  await store.listSchedules({ accountId, beforeScheduleId: null, limit: 9 });
  await store.dueSchedules(world.nowMs, 9);
  await store.nextScheduleDueMs();
  await store.recordFiring(firingOf(schedule, (await world.post(accountId)).jobId));
  await store.openScheduleRuns(scheduleId);
  await store.scheduleRuns(scheduleId, 9);
  await store.moveScheduleDue(scheduleId, 1, 2);
  await store.changeSchedule(scheduleId, () => ({ change: { reason: 'x' }, events: [] }));
  await store.deleteSchedule(scheduleId, []);
}

export function describeSchedules(given: Given): void {
  describe('schedules', () => {
    it('are made once for each key, and another request under it is refused', async () => {
      const { store, world } = given;
      const accountId = await world.openAccount();
      const make = (owner: string, requestHash: string) =>
        store.createSchedule(newSchedule(world, owner), 1, [], { key: 'k', requestHash });
      const first = await make(accountId, 'h');
      expect(first.replayed).toBe(false);
      const before = (requestHash: string, key = 'k') =>
        store.scheduleBefore(accountId, { key, requestHash });
      expect(await before('h')).toEqual(first.schedule);
      expect(await before('h', 'unknown')).toBeNull();
      await expect(before('other')).rejects.toMatchObject({ code: 'IDEMPOTENCY_MISMATCH' });
      // Though there is room for one only.
      expect(await make(accountId, 'h')).toEqual({ schedule: first.schedule, replayed: true });
      await expect(make(accountId, 'other')).rejects.toMatchObject({
        code: 'IDEMPOTENCY_MISMATCH',
      });
      expect(await make(await world.openAccount(), 'h')).toMatchObject({ replayed: false });
      const query = { accountId, beforeScheduleId: null, limit: 9 };
      expect(await store.listSchedules(query)).toHaveLength(1);
    });

    it('are what they were after the store was opened again', async () => {
      const { world } = given;
      const accountId = await world.openAccount();
      const rows = [1, 2, 3].map((n) => newSchedule(world, accountId, { name: `n${n}` }));
      for (const row of rows) await world.store.createSchedule(row, 3, []);
      const late = world.store.createSchedule(newSchedule(world, accountId), 3, []);
      await expect(late).rejects.toMatchObject({ code: 'LIMIT_REACHED' });
      await world.store.createSchedule(newSchedule(world, await world.openAccount()), 3, []);
      const store = await given.reopen();
      const [first, second, third] = rows;
      expect(await store.schedule(first?.scheduleId ?? '')).toEqual(first);
      const list = (beforeScheduleId: string | null, limit: number) =>
        store.listSchedules({ accountId, beforeScheduleId, limit });
      expect(await list(null, 2)).toEqual([third, second]);
      expect(await list(second?.scheduleId ?? '', 2)).toEqual([first]);
      expect(await store.schedule('sch_none')).toBeNull();
    });

    it('come up when they are due, the longest due first', async () => {
      const { store, world } = given;
      const accountId = await world.openAccount();
      expect(await store.nextScheduleDueMs()).toBeNull();
      const at = (nextDueMs: number) => newSchedule(world, accountId, { nextDueMs });
      const rows = [at(3_000), at(1_000), at(2_000)];
      const idle = newSchedule(world, accountId, { state: 'paused', nextDueMs: null });
      for (const row of [...rows, idle]) await store.createSchedule(row, 9, []);
      const due = async (nowMs: number, limit: number) =>
        (await store.dueSchedules(nowMs, limit)).map(({ nextDueMs }) => nextDueMs);
      expect(await due(999, 9)).toEqual([]);
      expect(await due(2_000, 9)).toEqual([1_000, 2_000]);
      expect(await due(9_000, 2)).toEqual([1_000, 2_000]);
      expect(await store.nextScheduleDueMs()).toBe(1_000);
      const { scheduleId = '' } = rows[1] ?? {};
      expect(await store.moveScheduleDue(scheduleId, 7, 8)).toBe(false);
      expect(await store.moveScheduleDue(scheduleId, 1_000, 2_500)).toBe(true);
      expect(await due(9_000, 9)).toEqual([2_000, 2_500, 3_000]);
    });

    it('record a firing and go on in one step, once', async () => {
      const { world } = given;
      const accountId = await world.openAccount();
      const schedule = newSchedule(world, accountId);
      const { scheduleId } = schedule;
      await world.store.createSchedule(schedule, 9, []);
      const { jobId } = await world.post(accountId);
      const firing = firingOf(schedule, jobId, {
        change: { nextDueMs: world.nowMs + minute, failuresInRow: 2 },
      });
      await world.store.recordFiring(firing);
      // A second process, or the same after a crash that it does not remember.
      await world.store.recordFiring(firingOf(schedule, null));
      const store = await given.reopen();
      const nextDueMs = world.nowMs + minute;
      expect(await store.schedule(scheduleId)).toEqual({
        ...schedule,
        nextDueMs,
        failuresInRow: 2,
      });
      expect(await store.scheduleRuns(scheduleId, 9)).toEqual([
        { ...firing.run, jobState: 'queued' },
      ]);
      const dueMs = world.nowMs;
      expect(await store.openScheduleRuns(scheduleId)).toEqual([{ dueMs, jobId, state: 'queued' }]);
      await store.changeJob(jobId, cancel(world.nowMs));
      expect(await store.openScheduleRuns(scheduleId)).toMatchObject([{ state: 'cancelled' }]);
      const next = firingOf({ ...schedule, nextDueMs }, null, { countedDueMs: [dueMs] });
      await store.recordFiring(next);
      expect(await store.openScheduleRuns(scheduleId)).toEqual([]);
      const fired = (await store.eventsAfter(0, 100)).filter(
        ({ name }) => name === 'schedule.fired',
      );
      expect(fired).toHaveLength(2);
    });

    it('keep what was done although they were paused meanwhile, and stay paused', async () => {
      const { store, world } = given;
      const accountId = await world.openAccount();
      const schedule = newSchedule(world, accountId);
      const { scheduleId } = schedule;
      await store.createSchedule(schedule, 9, []);
      const paused = { state: 'paused', reason: 'by hand', nextDueMs: null } as const;
      const changed = await store.changeSchedule(scheduleId, (stored) => {
        expect(stored).toEqual(schedule);
        return { change: paused, events: [eventOf(accountId, 'schedule.paused')] };
      });
      expect(changed).toEqual({ ...schedule, ...paused });
      const { jobId } = await world.post(accountId);
      await store.recordFiring(firingOf(schedule, jobId));
      expect(await store.schedule(scheduleId)).toEqual({ ...schedule, ...paused });
      expect(await store.scheduleRuns(scheduleId, 9)).toMatchObject([{ jobId }]);
      const refused = store.changeSchedule(scheduleId, () => {
        throw new Error('no');
      });
      await expect(refused).rejects.toThrow('no');
      expect(await store.changeSchedule('sch_none', () => ({ change: {}, events: [] }))).toBeNull();
    });

    it('forget old runs, but none whose job is not counted', async () => {
      const { store, world } = given;
      const accountId = await world.openAccount();
      const schedule = newSchedule(world, accountId);
      await store.createSchedule(schedule, 9, []);
      const { jobId } = await world.post(accountId);
      for (let i = 0; i < 5; i += 1) {
        const nextDueMs = world.nowMs + i * minute;
        const firing = firingOf({ ...schedule, nextDueMs }, i === 1 ? jobId : null);
        await store.recordFiring({ ...firing, runsKept: 2 });
      }
      const runs = await store.scheduleRuns(schedule.scheduleId, 9);
      expect(runs.map(({ dueMs }) => (dueMs - world.nowMs) / minute)).toEqual([4, 3, 1]);
    });

    it('are removed with their runs, and a late firing brings nothing back', async () => {
      const { store, world } = given;
      const accountId = await world.openAccount();
      const schedule = newSchedule(world, accountId);
      const { scheduleId } = schedule;
      await store.createSchedule(schedule, 9, []);
      await store.recordFiring(firingOf(schedule, null));
      expect(await store.deleteSchedule(scheduleId, [])).toBe(true);
      expect(await store.deleteSchedule(scheduleId, [])).toBe(false);
      await store.recordFiring(firingOf(schedule, null));
      expect(await store.schedule(scheduleId)).toBeNull();
      expect(await store.scheduleRuns(scheduleId, 9)).toEqual([]);
      expect(await store.nextScheduleDueMs()).toBeNull();
    });
  });
}
