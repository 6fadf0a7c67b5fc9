import { limits } from '@node3/shared/limits';
import { verifyWebhook } from '@node3/shared/webhook-signature';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { webhookFailingMsMax, webhookPausesMs } from '../domain/webhook-rules.ts';
import { LiveFeed } from '../live/live-feed.ts';
import {
  changeWebhook,
  createWebhook,
  listDeliveries,
  readDelivery,
  readWebhook,
  replayDelivery,
  rotateWebhookSecret,
  testWebhook,
} from '../services/manage-webhooks.ts';
import { replayWebhook } from '../services/replay-webhook.ts';
import type { Store } from '../store/store.ts';
import {
  operatorAccountId,
  startWebhookReceiver,
  type WebhookReceiver,
  WebhookTestbed,
} from '../testing/webhook-testbed.ts';
import type { WebhookWorker } from './webhook-worker.ts';

let bed: WebhookTestbed;
let receiver: WebhookReceiver;
let worker: WebhookWorker;
let accountId: string;

beforeEach(async () => {
  bed = new WebhookTestbed();
  receiver = await startWebhookReceiver();
  worker = bed.worker();
  accountId = await bed.world.openAccount();
});
afterEach(async () => {
  await worker.stop();
  await receiver.close();
  await bed.store.close();
});

const create = (types: string[] | null = ['job.*'], path = '/hook') =>
  createWebhook(bed.deps, bed.caller(accountId), { url: receiver.url + path, types });
const ids = () => receiver.received.map(({ headers }) => headers['webhook-id']);
const states = async (webhookId: string) =>
  (await listDeliveries(bed.deps, accountId, webhookId, {})).data.map(({ state }) => state);

describe('a webhook', () => {
  it('[2.31] sends each event once, signed, as the standard says', async () => {
    const { secret, webhookId } = await create();
    await bed.happen('job.started', accountId, { waitMs: 8, gpus: 1 });
    await bed.happen('payout.due', accountId);
    await bed.run(worker);
    await bed.run(worker);
    const [one, ...others] = receiver.received;
    expect(others).toEqual([]);
    const nowMs = bed.clock.nowMs();
    expect(verifyWebhook(secret, one?.headers ?? {}, one?.body ?? '', nowMs)).toBe(true);
    expect(one?.headers['content-type']).toBe('application/json');
    const [event] = await bed.store
      .eventsAfter(0, 100)
      .then((all) => all.filter(({ name }) => name === 'job.started'));
    expect(one?.headers['webhook-id']).toBe(`evt_${event?.seq}`);
    expect(JSON.parse(one?.body ?? '')).toMatchObject({
      type: 'job.started',
      timestamp: new Date(nowMs).toISOString(),
      data: { seq: event?.seq, accountId, data: { waitMs: 8, gpus: 1 } },
    });
    expect(await states(webhookId)).toEqual(['delivered']);
  });

  it('[2.31] tries again after each pause, with the same id, and then gives up', async () => {
    const { webhookId } = await create();
    receiver.answer = () => ({ status: 500, body: 'x'.repeat(10_000) });
    await bed.happen('job.ended', accountId);
    await bed.run(worker);
    expect(receiver.received).toHaveLength(1);
    for (const [index, pauseMs] of webhookPausesMs.entries()) {
      if (index === 0) continue;
      bed.clock.advance(pauseMs - 1);
      await bed.run(worker);
      expect(receiver.received).toHaveLength(index);
      bed.clock.advance(1);
      await bed.run(worker);
      expect(receiver.received).toHaveLength(index + 1);
    }
    bed.clock.advance(86_400_000 * 4);
    await bed.run(worker);
    expect(receiver.received).toHaveLength(webhookPausesMs.length);
    expect(new Set(ids()).size).toBe(1);
    const [delivery] = (await listDeliveries(bed.deps, accountId, webhookId, {})).data;
    expect(delivery).toMatchObject({ state: 'failed', attempts: 10, nextAt: null });
    const { deliveryId = '' } = delivery ?? {};
    const { log } = await readDelivery(bed.deps, accountId, { webhookId, deliveryId });
    expect(log).toHaveLength(10);
    expect(log[0]).toMatchObject({ number: 10, status: 500, error: null, answer: 'x'.repeat(512) });
  });

  it('moves its attempts by up to a tenth, so that receivers are not asked together', async () => {
    await create();
    receiver.answer = () => ({ status: 503 });
    bed.random = () => 1;
    await bed.happen('job.ended', accountId);
    await bed.run(worker);
    bed.clock.advance(5_400);
    await bed.run(worker);
    expect(receiver.received).toHaveLength(1);
    bed.clock.advance(100);
    await bed.run(worker);
    expect(receiver.received).toHaveLength(2);
  });

  it('waits as long as its receiver asks for, within limits', async () => {
    const { webhookId } = await create();
    const nextAtMs = async () => {
      const [delivery] = (await listDeliveries(bed.deps, accountId, webhookId, {})).data;
      return Date.parse(delivery?.nextAt ?? '') - bed.clock.nowMs();
    };
    receiver.answer = () => ({ status: 503, headers: { 'retry-after': '90' } });
    await bed.happen('job.ended', accountId);
    await bed.run(worker);
    expect(await nextAtMs()).toBe(90_000);
    receiver.answer = () => ({ status: 429, headers: { 'retry-after': '999999999' } });
    bed.clock.advance(90_000);
    await bed.run(worker);
    expect(await nextAtMs()).toBe(86_400_000);
  });

  it('takes no redirect for an answer, and follows none', async () => {
    const { webhookId } = await create();
    receiver.answer = ({ path }) =>
      path === '/hook' ? { status: 302, headers: { location: '/other' } } : { status: 200 };
    await bed.happen('job.ended', accountId);
    await bed.run(worker);
    expect(receiver.received.map(({ path }) => path)).toEqual(['/hook']);
    expect(await states(webhookId)).toEqual(['pending']);
  });

  it('does not wait for a huge answer, nor for one that never comes', async () => {
    const { webhookId } = await create();
    receiver.answer = () => ({ status: 200, body: 'y'.repeat(64 * 1024 * 1024) });
    await bed.happen('job.ended', accountId);
    await bed.run(worker);
    expect(await states(webhookId)).toEqual(['delivered']);
    await worker.stop();
    bed.webhookTimeoutMs = 50;
    worker = bed.worker();
    receiver.answer = () => null;
    await bed.happen('job.started', accountId);
    await bed.run(worker);
    const [delivery] = (await listDeliveries(bed.deps, accountId, webhookId, {})).data;
    const { deliveryId = '' } = delivery ?? {};
    const { log, state } = await readDelivery(bed.deps, accountId, { webhookId, deliveryId });
    expect(state).toBe('pending');
    expect(log[0]).toMatchObject({ status: null, error: 'It took longer than 50 ms.' });
  });

  it('of an account with many slow ones takes no more than its share', async () => {
    receiver.answer = ({ path }) => (path === '/slow' ? null : { status: 204 });
    bed.webhookTimeoutMs = 500;
    await worker.stop();
    worker = bed.worker();
    for (let count = 0; count < 4; count += 1) await create(['job.*'], '/slow');
    for (let count = 0; count < 4; count += 1) await bed.happen('job.started', accountId);
    await worker.turn();
    // Four webhooks with four deliveries each would be sixteen.
    expect(worker.sending).toBe(limits.webhookAttemptsAtOnceOfAccount);
  });

  it('is disabled by 410, and says so', async () => {
    const { webhookId } = await create();
    receiver.answer = () => ({ status: 410 });
    await bed.happen('job.ended', accountId);
    await bed.happen('job.ended', accountId);
    await bed.run(worker);
    const sent = receiver.received.length;
    await bed.happen('job.ended', accountId);
    bed.clock.advance(86_400_000);
    await bed.run(worker);
    expect(receiver.received).toHaveLength(sent);
    expect(await readWebhook(bed.deps, accountId, webhookId)).toMatchObject({
      state: 'disabled',
      reason: 'The receiver answered 410: it wants no more.',
    });
    const events = await bed.store.eventsAfter(0, 100);
    expect(events.filter(({ name }) => name === 'webhook.disabled')).toHaveLength(1);
  });

  it('is disabled when nothing has worked for days, and goes on when it is enabled', async () => {
    const { webhookId } = await create();
    receiver.answer = () => ({ status: 500 });
    const dayMs = 86_400_000;
    for (let day = 0; day * dayMs <= webhookFailingMsMax; day += 1) {
      await bed.happen('job.ended', accountId);
      await bed.run(worker);
      bed.clock.advance(dayMs);
    }
    const { state, reason } = await readWebhook(bed.deps, accountId, webhookId);
    expect([state, reason]).toEqual(['disabled', expect.stringMatching(/^Every attempt failed/)]);
    await expect(testWebhook(bed.deps, accountId, webhookId)).rejects.toThrow('disabled');
    receiver.answer = () => ({ status: 200 });
    await bed.happen('job.ended', accountId, { exitCode: 1 });
    const enabled = { enabled: true };
    await changeWebhook(bed.deps, bed.caller(accountId), webhookId, enabled);
    receiver.received.length = 0;
    await bed.happen('job.ended', accountId, { exitCode: 2 });
    bed.clock.advance(dayMs);
    await bed.run(worker);
    const bodies = receiver.received.map(({ body }) => body);
    expect(bodies.some((body) => body.includes('"exitCode":2'))).toBe(true);
    expect(bodies.some((body) => body.includes('"exitCode":1'))).toBe(false);
    const { failingSince } = await readWebhook(bed.deps, accountId, webhookId);
    expect(failingSince).toBeNull();
  });

  it('signs with both secrets for a day after a rotation', async () => {
    const { webhookId, secret } = await create();
    const rotated = await rotateWebhookSecret(bed.deps, bed.caller(accountId), webhookId);
    await bed.happen('job.ended', accountId);
    await bed.run(worker);
    bed.clock.advance(86_400_001);
    await bed.happen('job.ended', accountId);
    await bed.run(worker);
    const accepted = (key: string) =>
      receiver.received.map(({ headers, body }) =>
        verifyWebhook(key, headers, body, Number(headers['webhook-timestamp']) * 1_000),
      );
    expect(accepted(secret)).toEqual([true, false]);
    expect(accepted(rotated.secret)).toEqual([true, true]);
    const stored = await bed.store.webhook(webhookId);
    expect(JSON.stringify(stored)).not.toContain(secret.slice(6));
    expect(JSON.stringify(await bed.store.eventsAfter(0, 100))).not.toContain(secret.slice(6));
  });

  it('sends again with the same id after a crash between sending and noting', async () => {
    const { webhookId } = await create();
    const crashing: Store = {
      ...bed.store,
      recordAttempt: () => Promise.reject(new Error('power cut')),
    };
    const first = bed.worker(crashing);
    await bed.happen('job.ended', accountId);
    await first.turn();
    await first.settled();
    expect(receiver.received).toHaveLength(1);
    expect(await states(webhookId)).toEqual(['pending']);
    bed.clock.advance(60_001);
    await bed.run(worker);
    expect(receiver.received).toHaveLength(2);
    expect(new Set(ids()).size).toBe(1);
    expect(await states(webhookId)).toEqual(['delivered']);
  });

  it('has one sender among several processes, and another one when that is gone', async () => {
    await create();
    const second = bed.worker();
    await bed.happen('job.ended', accountId);
    await worker.turn();
    await bed.run(second);
    await bed.run(worker);
    expect(receiver.received).toHaveLength(1);
    await worker.stop();
    await bed.happen('job.ended', accountId);
    bed.clock.advance(20_001);
    await bed.run(second);
    expect(receiver.received).toHaveLength(2);
    await second.stop();
  });

  it('gets what happened while nobody sent', async () => {
    await create(null);
    await worker.stop();
    receiver.received.length = 0;
    for (let i = 0; i < 3; i += 1) await bed.happen('job.ended', accountId);
    worker = bed.worker(bed.store, new LiveFeed(await bed.store.lastEventSeq()));
    await bed.run(worker);
    const types = receiver.received.map(({ body }) => (JSON.parse(body) as { type: string }).type);
    expect(types.filter((type) => type === 'job.ended')).toHaveLength(3);
    expect(new Set(ids()).size).toBe(receiver.received.length);
  });

  it('is tested, and replayed one by one and by range, with the ids of the first time', async () => {
    const { webhookId } = await create();
    const after = await bed.store.lastEventSeq();
    for (let i = 0; i < 3; i += 1) await bed.happen('job.ended', accountId);
    await testWebhook(bed.deps, accountId, webhookId);
    await bed.run(worker);
    expect(receiver.received).toHaveLength(4);
    const first = new Set(ids());
    const [newest] = (await listDeliveries(bed.deps, accountId, webhookId, {})).data;
    const { deliveryId = '' } = newest ?? {};
    await replayDelivery(bed.deps, accountId, { webhookId, deliveryId });
    await bed.run(worker);
    expect(receiver.received).toHaveLength(5);
    const deps = { ...bed.deps, operatorAccountId };
    const replayed = await replayWebhook(deps, accountId, webhookId, { after });
    expect(replayed).toMatchObject({ queued: 3, more: false });
    await bed.run(worker);
    expect(receiver.received).toHaveLength(8);
    expect(new Set(ids())).toEqual(first);
  });

  it('keeps what it sent for 30 days', async () => {
    const { webhookId } = await create();
    await bed.happen('job.ended', accountId);
    await bed.run(worker);
    expect(await states(webhookId)).toHaveLength(1);
    bed.clock.advance(31 * 86_400_000);
    await bed.run(worker);
    expect(await states(webhookId)).toEqual([]);
  });

  it('leads nowhere private, unless the operator allows it', async () => {
    const strict = { ...bed.deps, webhookAllow: {} };
    const to = (url: string) => createWebhook(strict, bed.caller(accountId), { url });
    await expect(to('http://127.0.0.1/')).rejects.toThrow('not public');
    await expect(to('http://169.254.169.254/latest')).rejects.toThrow('not public');
    await expect(to('ftp://hooks.example/')).rejects.toThrow('must have https: or http:');
    await expect(to('https://hooks.example:22/')).rejects.toThrow('port 22');
    const { webhookId } = await create();
    const strictWorker = bed.worker();
    Object.assign(bed.webhookAllow, { networks: [] });
    await bed.happen('job.ended', accountId);
    await bed.run(strictWorker);
    expect(receiver.received).toEqual([]);
    expect(await states(webhookId)).toEqual(['pending']);
    await strictWorker.stop();
  });
});
