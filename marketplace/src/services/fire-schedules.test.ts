import { MarketError } from '@node3/shared/error';
import { limits } from '@node3/shared/limits';
import { silentLogger } from '@node3/shared/logger';
import type { CreateSchedule } from '@node3/shared/routes/schedules';
import { findScheduleReason } from '@node3/shared/schedule-reasons';
import { ManualClock } from '@node3/shared/testing/manual-clock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultImages } from '../config.ts';
import { noCaps } from '../domain/spending-caps.ts';
import { FamiliarAgents } from '../matching/familiar-agents.ts';
import { Matchmaker } from '../matching/matchmaker.ts';
import { openSqliteStore } from '../store/sqlite/sqlite-store.ts';
import type { Store } from '../store/store.ts';
import { newKeyRow } from '../store/testing/agent-rows.ts';
import { cancel } from '../store/testing/decisions.ts';
import { World } from '../store/testing/world.ts';
import { testDataKeys } from '../testing/test-keyring.ts';
import { DiskRoom } from './disk-room.ts';
import { type FireDeps, fireSchedules } from './fire-schedules.ts';
import { Intake } from './intake.ts';
import { createSchedule, pauseSchedule, readSchedule, resumeSchedule } from './manage-schedules.ts';
import { archiveTemplate, createTemplate } from './manage-templates.ts';
import { postJob } from './post-job.ts';
import { Presence } from './presence.ts';
import { createSecretSealer } from './secret-sealer.ts';

const minute = 60_000;
const jobSpec = {
  workload: { kind: 'container' as const, command: ['true'] },
  price: { kind: 'fixed' as const, reward: { amount: '0.001', asset: 'USDC' as const } },
};
const everyMinute = { name: 'tick', cron: '* * * * *', timezone: 'UTC', jobSpec };

let store: Store;
let world: World;
let clock: ManualClock;
let deps: FireDeps;
let accountId: string;

const noLease = () => Promise.reject(new Error('there is no agent to lease to'));

beforeEach(async () => {
  const onFatal = (error: unknown) => {
    throw error;
  };
  store = openSqliteStore({ path: ':memory:', log: silentLogger, onFatal });
  world = new World(store);
  clock = new ManualClock(Date.parse('2027-05-05T12:00:30Z'));
  accountId = await world.openAccount();
  deps = {
    store,
    clock,
    ids: world.ids,
    log: silentLogger,
    matchmaker: new Matchmaker({
      clock,
      simulated: 'allowed',
      familiar: new FamiliarAgents(),
      lease: noLease,
    }),
    presence: new Presence(clock),
    defaultImages,
    feeBasisPoints: 500,
    simulated: 'allowed',
    operatorCaps: { SOL: noCaps, USDC: noCaps },
    codeBytesMax: limits.codeBytes,
    sealer: createSecretSealer('secret', testDataKeys),
    intake: new Intake({
      store,
      log: silentLogger,
      room: new DiskRoom({ disks: [], reserveBytes: 0, log: silentLogger }),
    }),
  };
});
afterEach(() => {
  deps.matchmaker.stop();
  return store.close();
});

const scheduleDeps = () => ({ ...deps, wakeSchedules: () => undefined });

async function create(change: Partial<CreateSchedule> = {}, keyId: string | null = null) {
  const input = { ...everyMinute, ...change };
  return (await createSchedule(scheduleDeps(), { accountId, keyId }, input)).scheduleId;
}

const read = (scheduleId: string) => readSchedule(scheduleDeps(), accountId, scheduleId);
const jobs = async () => (await store.countJobs()).queued;

/** Moves to a time of today and does what is due. */
async function fireAt(time: string) {
  clock.advance(Date.parse(`2027-05-05T${time}Z`) - clock.nowMs());
  return fireSchedules(deps);
}

async function outcomes(scheduleId: string) {
  const { runs } = await read(scheduleId);
  return runs.map(({ dueAt, outcome }) => `${dueAt.slice(11, 16)} ${outcome}`).toReversed();
}

describe('a schedule', () => {
  it('posts a job at each of its times, with where it comes from', async () => {
    const scheduleId = await create({ overlap: 'allow' });
    expect(await fireAt('12:00:59.999')).toBe(0);
    expect(await fireAt('12:01:00')).toBe(1);
    expect(await fireSchedules(deps)).toBe(0);
    expect(await fireAt('12:02:07')).toBe(1);
    const schedule = await read(scheduleId);
    expect(schedule.nextAt).toBe('2027-05-05T12:03:00.000Z');
    expect(schedule.next).toHaveLength(10);
    expect(schedule.next[0]).toBe(schedule.nextAt);
    expect(schedule.runs).toMatchObject([
      { dueAt: '2027-05-05T12:02:00.000Z', outcome: 'posted', jobState: 'queued' },
      { dueAt: '2027-05-05T12:01:00.000Z', outcome: 'posted', jobState: 'queued' },
    ]);
    const job = await store.job(schedule.runs[0]?.jobId ?? '');
    const dueAt = '2027-05-05T12:02:00.000Z';
    expect(job).toMatchObject({ accountId, spec: { origin: { schedule: { scheduleId, dueAt } } } });
    expect((await store.verifyLedger()).problems).toEqual([]);
  });

  it('does not stumble over a request of its owner with any Idempotency-Key that a header can say', async () => {
    const scheduleId = await create({ overlap: 'allow' });
    for (const joint of [':', '-', '.']) {
      const dueMs = Date.parse('2027-05-05T12:01:00Z');
      const idempotencyKey = ['schedule', scheduleId, dueMs].join(joint);
      await postJob(deps, { accountId, keyId: null, spec: jobSpec, idempotencyKey });
    }
    expect(await fireAt('12:01:00')).toBe(1);
    expect(await outcomes(scheduleId)).toEqual(['12:01 posted']);
    expect(await jobs()).toBe(4);
  });

  it('posts once when the process dies between the job and the record of it', async () => {
    const scheduleId = await create({ catchUp: 'last' });
    const record = () => Promise.reject(new MarketError('STORE_UNAVAILABLE'));
    const dying = { ...deps, store: { ...store, recordFiring: record } };
    clock.advance(minute);
    await expect(fireSchedules(dying)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(await jobs()).toBe(1);
    await fireSchedules(deps);
    expect(await jobs()).toBe(1);
    expect(await outcomes(scheduleId)).toEqual(['12:01 posted']);
  });

  it.each([
    ['none', ['12:01 posted', '12:02 missed']],
    ['last', ['12:01 posted', '12:21 posted']],
  ] as const)('knows what it posted before a crash, catch-up %s', async (catchUp, expected) => {
    const scheduleId = await create({ catchUp, overlap: 'allow' });
    const record = () => Promise.reject(new MarketError('STORE_UNAVAILABLE'));
    const dying = { ...deps, store: { ...store, recordFiring: record } };
    clock.advance(minute);
    await fireSchedules(dying).catch(() => undefined);
    await fireAt('12:21:50');
    expect(await outcomes(scheduleId)).toEqual(expected);
    expect(await jobs()).toBe(expected.filter((run) => run.endsWith('posted')).length);
  });

  it('makes up for the same time when it dies while doing so', async () => {
    const scheduleId = await create({ catchUp: 'last', overlap: 'allow' });
    const record = () => Promise.reject(new MarketError('STORE_UNAVAILABLE'));
    const dying = { ...deps, store: { ...store, recordFiring: record } };
    clock.advance(10 * minute);
    await fireSchedules(dying).catch(() => undefined);
    clock.advance(10 * minute);
    await fireSchedules(deps);
    expect(await outcomes(scheduleId)).toEqual(['12:10 posted', '12:20 posted']);
    expect(await jobs()).toBe(2);
  });

  it('passes over what was missed, or makes up for the last', async () => {
    const none = await create({ cron: '*/5 * * * *' });
    const last = await create({ cron: '*/5 * * * *', catchUp: 'last' });
    await fireAt('13:02:30');
    expect(await outcomes(none)).toEqual(['12:05 missed']);
    expect(await outcomes(last)).toEqual(['13:00 posted']);
    for (const id of [none, last]) {
      expect((await read(id)).nextAt).toBe('2027-05-05T13:05:00.000Z');
    }
    expect(await jobs()).toBe(1);
  });

  it('fires no time twice after the clock was set back', async () => {
    const scheduleId = await create({ overlap: 'allow' });
    await fireAt('12:01:00');
    clock.advance(-30 * minute);
    expect(await fireSchedules(deps)).toBe(0);
    await fireAt('12:01:30');
    await fireAt('12:02:00');
    expect(await outcomes(scheduleId)).toEqual(['12:01 posted', '12:02 posted']);
  });

  it('skips a time while the job before it is not over, unless overlap is allowed', async () => {
    const skip = await create();
    const allow = await create({ overlap: 'allow' });
    await fireAt('12:01:00');
    await fireAt('12:02:00');
    expect(await outcomes(skip)).toEqual(['12:01 posted', '12:02 skipped']);
    expect(await outcomes(allow)).toEqual(['12:01 posted', '12:02 posted']);
    const { runs } = await read(skip);
    expect(runs[0]?.detail).toBe(`Job ${runs[1]?.jobId} of an earlier time was not over.`);
    await store.changeJob(runs[1]?.jobId ?? '', cancel(clock.nowMs()));
    await fireAt('12:03:00');
    expect(await outcomes(skip)).toEqual(['12:01 posted', '12:02 skipped', '12:03 posted']);
  });

  it('never has more than so many jobs open', async () => {
    const scheduleId = await create({ overlap: 'allow' });
    const open = Array.from({ length: limits.scheduleOpenRunsMax }, (_, i) => ({
      dueMs: i,
      jobId: `job_${i}`,
      state: 'running' as const,
    }));
    const openScheduleRuns = () => Promise.resolve(open);
    clock.advance(minute);
    await fireSchedules({ ...deps, store: { ...store, openScheduleRuns } });
    expect(await outcomes(scheduleId)).toEqual(['12:01 skipped']);
  });

  it('ends at its end', async () => {
    const scheduleId = await create({ until: '2027-05-05T12:02:00Z', catchUp: 'last' });
    expect((await read(scheduleId)).next).toHaveLength(2);
    await fireAt('12:30:00');
    expect(await outcomes(scheduleId)).toEqual(['12:02 posted']);
    expect(await read(scheduleId)).toMatchObject({ state: 'ended', nextAt: null, next: [] });
    expect(await store.nextScheduleDueMs()).toBeNull();
    const resumed = resumeSchedule(scheduleDeps(), { accountId, keyId: null }, scheduleId);
    await expect(resumed).rejects.toMatchObject({ code: 'SCHEDULE_STATE_INVALID' });
  });
});

describe('failures of a schedule', () => {
  async function endJob(scheduleId: string, how: 'succeed' | 'cancel') {
    const jobId = (await read(scheduleId)).runs.find((run) => run.jobId !== null)?.jobId ?? '';
    if (how === 'cancel') {
      await store.changeJob(jobId, cancel(clock.nowMs()));
      return;
    }
    world.nowMs = clock.nowMs();
    const claimed = await store.claimJob(world.claim(jobId, await world.registerAgent()));
    if (claimed === null) throw new Error('not claimed');
    await world.start(claimed.execution);
    await world.succeed(claimed.execution);
  }

  it('[2.30] pause it with a reason when they come in a row', async () => {
    const scheduleId = await create({ failuresMax: 2 });
    for (const [time, how] of [
      ['12:01', 'cancel'],
      ['12:02', 'succeed'],
      ['12:03', 'cancel'],
      ['12:04', 'cancel'],
    ] as const) {
      await fireAt(`${time}:00`);
      await endJob(scheduleId, how);
    }
    expect(await read(scheduleId)).toMatchObject({ state: 'active', failuresInRow: 1 });
    await fireAt('12:05:00');
    const { runs, state, reason, nextAt } = await read(scheduleId);
    const last = runs[1]?.jobId;
    expect({ state, nextAt, reason }).toEqual({
      state: 'paused',
      nextAt: null,
      reason: `Paused after 2 failures in a row; the last one: job ${last} is cancelled.`,
    });
    const names = (await store.eventsAfter(0, 1_000)).map(({ name }) => name);
    expect(names.at(-1)).toBe('schedule.paused');
    await resumeSchedule(scheduleDeps(), { accountId, keyId: null }, scheduleId);
    await fireAt('12:06:00');
    expect(await read(scheduleId)).toMatchObject({ state: 'active', failuresInRow: 0 });
    expect((await outcomes(scheduleId)).at(-1)).toBe('12:06 posted');
  });

  it('count what could not be posted', async () => {
    const poor = await world.openAccount(0n);
    accountId = poor;
    const scheduleId = await create();
    for (const time of ['12:01', '12:02', '12:03', '12:04']) await fireAt(`${time}:00`);
    expect(await outcomes(scheduleId)).toEqual(['12:01 refused', '12:02 refused', '12:03 refused']);
    const schedule = await read(scheduleId);
    expect(schedule.runs[0]).toMatchObject({ errorCode: 'FUNDS_INSUFFICIENT', jobId: null });
    expect(findScheduleReason(schedule.reason ?? '')).toMatchObject({
      reason: 'failuresRefused',
      values: { failures: '3', code: 'FUNDS_INSUFFICIENT' },
    });
  });

  it('of one schedule keep no other from firing', async () => {
    const broken = await create();
    const healthy = await create();
    const postJob: Store['postJob'] = (posting) =>
      posting.idempotency?.key.includes(broken) === true
        ? Promise.reject(new TypeError('a bug'))
        : store.postJob(posting);
    clock.advance(minute);
    await fireSchedules({ ...deps, store: { ...store, postJob } });
    expect(await outcomes(healthy)).toEqual(['12:01 posted']);
    expect(await outcomes(broken)).toEqual(['12:01 refused']);
    expect((await read(broken)).runs[0]).toMatchObject({
      errorCode: 'INTERNAL',
      detail: 'Something went wrong on our side.',
    });
  });

  it('that ended while it was paused by hand are forgotten when it goes on', async () => {
    const scheduleId = await create({ failuresMax: 1 });
    await fireAt('12:01:00');
    await pauseSchedule(scheduleDeps(), accountId, scheduleId);
    await endJob(scheduleId, 'cancel');
    expect(await fireAt('12:02:30')).toBe(0);
    await resumeSchedule(scheduleDeps(), { accountId, keyId: null }, scheduleId);
    await fireAt('12:03:00');
    expect(await outcomes(scheduleId)).toEqual(['12:01 posted', '12:03 posted']);
  });
});

describe('a schedule of a template', () => {
  const body = {
    name: 't',
    spec: {
      name: '{{a}}',
      workload: { kind: 'container', env: { TOKEN: '{{token}}' } },
      price: jobSpec.price,
    },
    parameters: [
      { name: 'a', type: 'string' as const },
      { name: 'token', type: 'secret' as const },
    ],
  };
  const canary = 'canary-5ec2e7';

  it('keeps its version and its secret, and stops with the template', async () => {
    const { templateId } = await createTemplate(deps, accountId, body);
    const parameters = { a: 'one', token: canary };
    const { jobSpec: _, ...input } = everyMinute;
    const template = { templateId, parameters };
    const wanted = { ...input, template, overlap: 'allow' as const };
    const caller = { accountId, keyId: null };
    const { scheduleId } = await createSchedule(scheduleDeps(), caller, wanted);
    await store.addTemplateVersion(
      templateId,
      { spec: { ...body.spec, name: 'two' }, parameters: [], createdAtMs: 1 },
      9,
      () => [],
    );
    await fireAt('12:01:00');
    const schedule = await read(scheduleId);
    expect(schedule.target).toEqual({
      kind: 'template',
      templateId,
      version: 1,
      parameters: { a: 'one', token: '[secret]' },
    });
    const job = await store.job(schedule.runs[0]?.jobId ?? '');
    expect(job?.spec).toMatchObject({
      name: 'one',
      workload: { env: { TOKEN: '[secret]' } },
      origin: { template: { templateId, version: 1 }, schedule: { scheduleId } },
    });
    expect(Object.keys(job?.spec.sealedEnv ?? {})).toEqual(['TOKEN']);
    const rows = [schedule, job, await store.schedule(scheduleId), await store.eventsAfter(0, 100)];
    const text = JSON.stringify(rows, (_key, value: unknown) =>
      typeof value === 'bigint' ? String(value) : value,
    );
    expect(text).not.toContain(canary);
    await archiveTemplate(deps, accountId, templateId);
    await fireAt('12:02:00');
    expect((await read(scheduleId)).runs[0]).toMatchObject({ errorCode: 'TEMPLATE_ARCHIVED' });
  });

  it('spends nothing by a key that was revoked', async () => {
    const keyId = 'key-1';
    const owner = { kind: 'account' as const, accountId };
    const key = newKeyRow(keyId, 'h', owner, 1);
    const apiKey = () => Promise.resolve(key);
    const scheduleId = await create({ overlap: 'allow' }, keyId);
    clock.advance(minute);
    await fireSchedules({ ...deps, store: { ...store, apiKey } });
    const revoked = () => Promise.resolve({ ...key, revokedAtMs: 2 });
    clock.advance(minute);
    await fireSchedules({ ...deps, store: { ...store, apiKey: revoked } });
    expect(await outcomes(scheduleId)).toEqual(['12:01 posted', '12:02 refused']);
    const { runs } = await read(scheduleId);
    expect((await store.job(runs[1]?.jobId ?? ''))?.apiKeyId).toBe(keyId);
    await pauseSchedule(scheduleDeps(), accountId, scheduleId);
    await resumeSchedule(scheduleDeps(), { accountId, keyId: null }, scheduleId);
    clock.advance(minute);
    await fireSchedules({ ...deps, store: { ...store, apiKey: revoked } });
    expect((await outcomes(scheduleId)).at(-1)).toBe('12:03 posted');
  });
});
