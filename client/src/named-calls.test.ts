import { openFundedAccount } from '@node3/marketplace/testing/test-marketplace';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OptionError } from './errors.ts';
import { etagOf } from './http/if-match.ts';
import { usdc } from './money.ts';
import { Node3 } from './node3.ts';
import { Testbed, usdcSpec } from './testing/testbed.ts';

let bed: Testbed;
beforeAll(async () => {
  bed = await Testbed.start();
});
afterAll(() => bed.stop());

const changed = { code: 'RESOURCE_CHANGED', status: 412 };

describe('keys', () => {
  it('are made with caps, lowered, replaced and ended', async () => {
    const { apiKey: own } = await openFundedAccount(bed.market, { USDC: 1_000_000n });
    const { keys } = new Node3({ url: bed.url, apiKey: own });
    const caps = { perJob: '1', perDay: '5' };
    const { keyId, apiKey } = await keys.create({ name: 'ci', keyCaps: { SOL: caps, USDC: caps } });
    expect(await keys.list()).toContainEqual(
      expect.objectContaining({ keyId, name: 'ci', current: false }),
    );
    const narrow = new Node3({ url: bed.url, apiKey });
    const read = await narrow.account.caps();
    expect(read.key).toMatchObject({ keyId, caps: { USDC: caps } });
    const lower = { USDC: { perJob: '0.5', perDay: '1' } };
    const lowered = await narrow.keys.lowerCaps(keyId, lower, { ifMatch: read });
    expect(lowered.caps).toEqual({ SOL: caps, ...lower });
    const again = narrow.keys.lowerCaps(keyId, lower, { ifMatch: read });
    await expect(again).rejects.toMatchObject(changed);
    const next = await keys.rotate(keyId);
    expect(next.apiKey).not.toBe(apiKey);
    await keys.revoke(next.keyId);
    const gone = new Node3({ url: bed.url, apiKey: next.apiKey });
    await expect(gone.account.get()).rejects.toMatchObject({ code: 'AUTH_INVALID' });
  });
});

describe('usage', () => {
  it('sums what ended jobs cost, by what is asked for', async () => {
    const node3 = bed.client();
    const job = await node3.jobs.create(usdcSpec());
    const run = await bed.takeJob();
    await run.end();
    await node3.jobs.wait(job);
    const { data, from, to } = await node3.account.usage({ by: ['day', 'key', 'gpu'] });
    expect(data).toEqual([
      expect.objectContaining({ day: to, gpu: null, jobs: 1, charged: usdc('0.105') }),
    ]);
    expect(data[0]?.keyId).toMatch(/^key_/);
    const csv = await node3.account.exportUsage({ from: '2020-01-01', by: ['key'] });
    expect(await new Response(csv).text()).toBe(
      `day,keyId,gpu,label,jobs,gpuMs,runMs,charged,asset\n,"${data[0]?.keyId}",,,1,0,${data[0]?.runMs},"0.105","USDC"\n`,
    );
    const lines = await node3.account.exportUsage({ by: ['day', 'key', 'gpu'], format: 'jsonl' });
    expect(JSON.parse(await new Response(lines).text())).toMatchObject({ day: to, jobs: 1 });
    const none = await node3.account.usage({ from, to: from });
    expect(none.data).toEqual([]);
  });
});

describe('a change', () => {
  it('is made only of what was read', async () => {
    const { schedules, webhooks, templates } = bed.client();
    const hook = await webhooks.get(
      (await webhooks.create({ url: 'http://127.0.0.1:1/' })).webhookId,
    );
    const { webhookId } = hook;
    const next = await webhooks.update(webhookId, { description: 'a' }, { ifMatch: hook });
    const late = webhooks.update(webhookId, { description: 'b' }, { ifMatch: hook });
    await expect(late).rejects.toMatchObject(changed);
    await webhooks.update(webhookId, { description: 'c' }, { ifMatch: next });
    expect((await webhooks.get(webhookId)).description).toBe('c');
    const read = await webhooks.get(webhookId);
    const tag = etagOf(read) ?? '';
    await webhooks.rotate(webhookId, { ifMatch: tag });

    const template = await templates.create({ name: 't', spec: { ...usdcSpec() } });
    const newest = await templates.get(template.templateId);
    const version = { spec: { ...usdcSpec({ name: 'next' }) } };
    await templates.createVersion(template.templateId, version, { ifMatch: newest });
    const stale = templates.createVersion(template.templateId, version, { ifMatch: newest });
    await expect(stale).rejects.toMatchObject(changed);

    const body = { name: 's', cron: '0 0 1 1 *', timezone: 'UTC', jobSpec: usdcSpec() };
    const schedule = await schedules.get((await schedules.create(body)).scheduleId);
    const { name, cron, timezone } = schedule;
    const later = { name: `${name} 2`, cron, timezone };
    const moved = await schedules.change(schedule.scheduleId, later, { ifMatch: schedule });
    expect(moved).toMatchObject({ ...later, target: schedule.target });
    await schedules.pause(schedule.scheduleId, { ifMatch: moved });
    const old = schedules.resume(schedule.scheduleId, { ifMatch: schedule });
    await expect(old).rejects.toMatchObject(changed);
  });

  it('is not sent with what has no version', async () => {
    const { webhooks } = bed.client();
    const update = async () => webhooks.update('whk_x', {}, { ifMatch: { webhookId: 'whk_x' } });
    await expect(update()).rejects.toThrow(OptionError);
    expect(etagOf({})).toBeNull();
  });
});

describe('a list', () => {
  it('is narrowed, sorted, cut to fields and counted', async () => {
    const { jobs } = bed.client();
    const named = async (name: string, team: string) =>
      jobs.create(usdcSpec({ name, labels: { team } }));
    const first = await named('list one', 'a');
    const second = await named('list two', 'b');
    const ids = async (options: Parameters<typeof jobs.list>[0]) =>
      (await jobs.list({ name: 'list ', ...options }).take(10)).map(({ jobId }) => jobId);
    expect(await ids({})).toEqual([second.jobId, first.jobId]);
    expect(await ids({ sort: 'createdAt' })).toEqual([first.jobId, second.jobId]);
    expect(await ids({ labels: { team: 'a' }, states: ['queued'], types: ['container'] })).toEqual([
      first.jobId,
    ]);
    expect(await ids({ types: ['python'] })).toEqual([]);
    expect(await ids({ createdBefore: new Date(first.createdAt) })).toEqual([]);
    expect(await ids({ createdAfter: first.createdAt, states: ['succeeded'] })).toEqual([]);
    expect(await ids({ finishedAfter: first.createdAt, sort: 'finishedAt' })).toEqual([]);
    const page = await jobs
      .list({ states: ['queued'], fields: ['jobId', 'name'], count: true, limit: 1 })
      .page();
    expect(page).toMatchObject({ data: [{ jobId: second.jobId, name: 'list two' }], total: 2 });
    expect(Object.keys(page.data[0] ?? {})).toEqual(['jobId', 'name']);
    expect(() => jobs.list({ labels: { team: 'a,b' } })).toThrow(OptionError);
    for (const job of [first, second]) await jobs.cancel(job);
  });

  it('of removed artifacts says when and why', async () => {
    const { artifacts } = bed.client();
    const { artifactId } = await artifacts.upload('x', { name: 'x.txt' });
    await artifacts.delete(artifactId);
    const [removed] = await artifacts.removed().take(1);
    expect(removed).toMatchObject({ artifactId, reason: 'deleted' });
  });
});

describe('waiting', () => {
  it('hears of each change as it comes', async () => {
    const { jobs } = bed.client();
    const job = await jobs.create(usdcSpec());
    const seen: string[] = [];
    const waited = jobs.wait(job, { onChange: ({ state }) => void seen.push(state) });
    const run = await bed.takeJob();
    await run.end();
    expect((await waited).state).toBe('succeeded');
    expect(seen.at(-1)).toBe('succeeded');
    expect(new Set(seen).size).toBe(seen.length);
  });
});
