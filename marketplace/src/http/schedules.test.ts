import { systemClock } from '@node3/shared/clock';
import {
  changeSchedule,
  createSchedule,
  deleteSchedule,
  getSchedule,
  listSchedules,
  pauseSchedule,
  previewSchedule,
  resumeSchedule,
} from '@node3/shared/routes/schedules';
import { createTemplate } from '@node3/shared/routes/templates';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  openFundedAccount,
  startTestMarketplace,
  type TestMarketplace,
  testJob,
} from '../testing/test-marketplace.ts';

/**
 * Half a second before a full minute, so that a schedule is due soon by real timers. It stays that
 * time until a test says otherwise, however long what it does before takes.
 */
const minuteMs = Date.parse('2027-05-05T12:00:00Z');
let heldMs: number | null;
const clock = {
  nowMs: () => heldMs ?? systemClock.nowMs(),
  monotonicMs: () => systemClock.monotonicMs(),
};

let market: TestMarketplace;
let requester: Awaited<ReturnType<typeof openFundedAccount>>;

beforeEach(async () => {
  heldMs = null;
  market = await startTestMarketplace({ clock });
  requester = await openFundedAccount(market);
  heldMs = minuteMs - 500;
});
afterEach(() => market.stop());

const body = { name: 'tick', cron: '* * * * *', timezone: 'Europe/Berlin', jobSpec: testJob() };

describe('a schedule over HTTP', () => {
  it('is made once for an Idempotency-Key, whatever its secrets are called', async () => {
    const { client } = requester;
    const options = { idempotencyKey: 'nightly' };
    const secret = {
      ...body,
      jobSpec: { ...testJob(), secrets: { TOKEN: { value: 'first-secret' } } },
    };
    const { scheduleId } = await client.call(createSchedule, { body: secret }, options);
    const again = await client.call(createSchedule, { body: secret }, options);
    expect(again.scheduleId).toBe(scheduleId);
    const other = {
      ...secret,
      jobSpec: { ...secret.jobSpec, secrets: { TOKEN: { value: 'other-secret' } } },
    };
    const refused = client.call(createSchedule, { body: other }, options);
    await expect(refused).rejects.toMatchObject({ code: 'IDEMPOTENCY_MISMATCH' });
    expect((await client.call(listSchedules, {})).data).toHaveLength(1);
  });

  it('[2.30] fires by itself, and shows its times and runs', async () => {
    const { client } = requester;
    const created = await client.call(createSchedule, { body });
    const { scheduleId } = created;
    expect(created).toMatchObject({
      state: 'active',
      overlap: 'skip',
      catchUp: 'none',
      failuresMax: 3,
      nextAt: '2027-05-05T12:00:00.000Z',
      target: { kind: 'job' },
      runs: [],
    });
    const params = { scheduleId };
    const runs = async () => (await client.call(getSchedule, { params })).runs;
    heldMs = minuteMs;
    await expect.poll(runs, { timeout: 5_000 }).toMatchObject([{ outcome: 'posted' }]);
    expect((await client.call(getSchedule, { params })).nextAt).toBe('2027-05-05T12:01:00.000Z');
    expect(await market.store.countJobs()).toMatchObject({ queued: 1 });
    const paused = await client.call(pauseSchedule, { params });
    expect(paused).toMatchObject({ state: 'paused', reason: 'Paused by its owner.', next: [] });
    await market.restart();
    const resumed = await client.call(resumeSchedule, { params });
    expect(resumed).toMatchObject({ state: 'active', reason: null });
    expect(resumed.next).toHaveLength(10);
    const { data } = await client.call(listSchedules, { query: {} });
    expect(data).toMatchObject([{ scheduleId, name: 'tick' }]);
    expect(await client.call(deleteSchedule, { params })).toEqual({ scheduleId });
    await expect(client.call(getSchedule, { params })).rejects.toMatchObject({ status: 404 });
  });

  it('is changed, and goes by its new times; paused it stays', async () => {
    const { client } = requester;
    const { scheduleId } = await client.call(createSchedule, { body });
    const params = { scheduleId };
    const yearly = { name: 'new year', cron: '0 0 1 1 *', timezone: 'UTC', failuresMax: 5 };
    const changed = await client.call(changeSchedule, { params, body: yearly });
    const first = '2028-01-01T00:00:00.000Z';
    expect(changed).toMatchObject({ ...yearly, state: 'active', nextAt: first });
    await market.restart();
    const read = await client.call(getSchedule, { params });
    expect(read).toMatchObject({ ...yearly, nextAt: first, target: { kind: 'job' } });
    await client.call(pauseSchedule, { params });
    const other = { ...yearly, cron: '0 0 2 1 *' };
    const paused = await client.call(changeSchedule, { params, body: other });
    expect(paused).toMatchObject({ state: 'paused', cron: other.cron, nextAt: null });
    const over = { ...yearly, until: '2027-12-31T00:00:00Z' };
    await expect(client.call(changeSchedule, { params, body: over })).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
      context: { errors: [{ pointer: '/until' }] },
    });
    const foreign = (await openFundedAccount(market)).client;
    const refused = foreign.call(changeSchedule, { params, body: yearly });
    await expect(refused).rejects.toMatchObject({ code: 'SCHEDULE_NOT_FOUND' });
    await client.call(deleteSchedule, { params });
  });

  it('does not exist for other accounts', async () => {
    const { scheduleId } = await requester.client.call(createSchedule, { body });
    const { client } = await openFundedAccount(market);
    const params = { scheduleId };
    for (const contract of [getSchedule, pauseSchedule, resumeSchedule, deleteSchedule]) {
      const call = client.call(contract, { params });
      await expect(call).rejects.toMatchObject({ code: 'SCHEDULE_NOT_FOUND', status: 404 });
    }
    expect((await client.call(listSchedules, { query: {} })).data).toEqual([]);
    const template = await requester.client.call(createTemplate, {
      body: { name: 't', spec: testJob() },
    });
    const { jobSpec: _, ...rest } = body;
    const foreign = { ...rest, template: { templateId: template.templateId } };
    const refused = client.call(createSchedule, { body: foreign });
    await expect(refused).rejects.toMatchObject({ code: 'TEMPLATE_NOT_FOUND' });
    expect(await requester.client.call(createSchedule, { body: foreign })).toMatchObject({
      target: { kind: 'template', version: 1 },
    });
  });

  it('says what is wrong with a new one', async () => {
    const { client } = requester;
    const templateId = 'tpl_06BR2J0S7XW8Z3Q1T5M4N6P9KD';
    const cases: [object, string, string][] = [
      [{ cron: '* * * * * *' }, '/cron', 'must have five fields'],
      [{ timezone: 'Mars/Olympus' }, '/timezone', 'is not a time zone'],
      [{ until: '2027-05-05T11:59:59Z' }, '/until', 'is before the first time'],
      [{ until: '2027-13-05T11:59:59Z' }, '/until', 'no date of the calendar'],
      [{ until: 'tomorrow' }, '/until', 'must be: RFC 3339'],
      [{ template: { templateId } }, '/template', 'exactly one'],
      [{ jobSpec: undefined }, '/jobSpec', 'exactly one'],
      [
        { jobSpec: testJob({ resources: { gpus: { count: 1, models: ['RTX 9'] } } }) },
        '/jobSpec/resources/gpus/models/0',
        'is not a known GPU model',
      ],
    ];
    for (const [change, pointer, detail] of cases) {
      const error = await client
        .call(createSchedule, { body: { ...body, ...change } })
        .catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: 'REQUEST_INVALID', context: { errors: [{ pointer }] } });
      expect(String(error)).toContain(detail);
    }
  });

  it('[2.30] previews the ten next times', async () => {
    const times = { cron: '30 2 * * *', timezone: 'Europe/Berlin' };
    const { next } = await requester.client.call(previewSchedule, { body: times });
    expect(next).toHaveLength(10);
    expect(next[0]).toBe('2027-05-06T00:30:00.000Z');
  });
});
