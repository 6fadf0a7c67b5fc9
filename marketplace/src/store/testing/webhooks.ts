import { describe, expect, it } from 'vitest';
import type { Given } from '../store.conformance.ts';
import type { DeliveryRow, WebhookRow } from '../webhook-store.ts';
import type { World } from './world.ts';

function webhookOf(world: World, accountId: string, change: Partial<WebhookRow> = {}): WebhookRow {
  return {
    webhookId: world.ids.next('webhook'),
    accountId,
    url: 'https://hooks.example/',
    types: ['job.*'],
    description: null,
    state: 'enabled',
    stateReason: null,
    secret: 'sealed',
    oldSecret: null,
    oldSecretUntilMs: null,
    cursorSeq: 0,
    failingSinceMs: null,
    createdAtMs: world.nowMs,
    ...change,
  };
}

function deliveryOf(world: World, webhookId: string, eventSeq: number): DeliveryRow {
  return {
    deliveryId: world.ids.next('delivery'),
    webhookId,
    eventSeq,
    type: 'job.ended',
    state: 'pending',
    attempts: 0,
    nextAtMs: world.nowMs,
    createdAtMs: world.nowMs,
  };
}

const attempt = { atMs: 5, status: 500, latencyMs: 7, error: null, answer: 'no' };

/** Uses each method of the store for webhooks at least once. */
export async function liveThroughWebhooks(world: World, accountId: string): Promise<void> {
  const { store } = world;
  const webhook = webhookOf(world, accountId);
  const { webhookId } = webhook;
  await store.createWebhook(webhook, 5, []);
  await store.webhook(webhookId);
  await store.webhooksOf(accountId);
  await store.enabledWebhooks();
  await store.changeWebhook(webhookId, () => ({ change: { description: 'd' }, events: [] }));
  const delivery = deliveryOf(world, webhookId, 1);
  await store.addDeliveries([delivery], new Map([[webhookId, 1]]));
  await store.replayDeliveries([delivery]);
  await store.pendingDeliveries();
  await store.dueDeliveries(webhookId, world.nowMs, 5);
  const next = { state: 'failed' as const, nextAtMs: null, decide: () => null };
  await store.recordAttempt({ delivery, attempt, ...next });
  const page = { webhookId, beforeDeliveryId: null, limit: 5 };
  await store.deliveries({ ...page, state: null });
  await store.deliveries({ ...page, state: 'failed' });
  await store.delivery(delivery.deliveryId);
  await store.deliveryAttempts(delivery.deliveryId, 5);
  await store.replayDelivery(delivery.deliveryId, 1);
  await store.pruneDeliveries(0, 5);
  await store.eventsMatching({ accountId, jobId: null, afterSeq: 0, limit: 5, scanMax: 50 });
  await store.eventsMatching({ accountId, jobId: 'job', afterSeq: 0, limit: 5, scanMax: 50 });
  const spare = webhookOf(world, accountId);
  await store.createWebhook(spare, 5, []);
  await store.deleteWebhook(spare.webhookId, []);
}

export function describeWebhooks(given: Given): void {
  describe('webhooks', () => {
    it('are as many as an account may have, and are found again', async () => {
      const { store, world } = given;
      const accountId = await world.openAccount();
      const first = webhookOf(world, accountId, {
        types: null,
        oldSecret: 'o',
        oldSecretUntilMs: 9,
      });
      await store.createWebhook(first, 1, []);
      await expect(store.createWebhook(webhookOf(world, accountId), 1, [])).rejects.toMatchObject({
        code: 'LIMIT_REACHED',
      });
      expect(await store.webhook(first.webhookId)).toEqual(first);
      expect(await store.webhooksOf(accountId)).toEqual([first]);
      const off = { change: { state: 'disabled' as const, stateReason: 'off' }, events: [] };
      expect(await store.changeWebhook(first.webhookId, () => off)).toMatchObject(off.change);
      expect(await store.enabledWebhooks()).toEqual([]);
      expect(await store.changeWebhook('whk_none', () => off)).toBeNull();
    });

    it('get one delivery for each event, with the cursor, and none when they are gone', async () => {
      const { store, world } = given;
      const webhook = webhookOf(world, await world.openAccount());
      const { webhookId } = webhook;
      await store.createWebhook(webhook, 5, []);
      const deliveries = [deliveryOf(world, webhookId, 3), deliveryOf(world, webhookId, 4)];
      const lost = deliveryOf(world, 'whk_gone', 3);
      await store.addDeliveries([...deliveries, lost], new Map([[webhookId, 4]]));
      await store.addDeliveries([deliveryOf(world, webhookId, 4)], new Map([[webhookId, 2]]));
      expect(await store.dueDeliveries(webhookId, world.nowMs, 10)).toEqual(deliveries);
      expect(await store.dueDeliveries(webhookId, world.nowMs - 1, 10)).toEqual([]);
      expect(await store.webhook(webhookId)).toMatchObject({ cursorSeq: 4 });
      expect(await store.pendingDeliveries()).toEqual([
        { webhookId, pending: 2, nextAtMs: world.nowMs },
      ]);
      expect(await store.deleteWebhook(webhookId, [])).toBe(true);
      expect(await store.deleteWebhook(webhookId, [])).toBe(false);
      expect(await store.pendingDeliveries()).toEqual([]);
    });

    it('note each attempt once, with what it means for the webhook', async () => {
      const { store, world } = given;
      const webhook = webhookOf(world, await world.openAccount());
      const { webhookId } = webhook;
      await store.createWebhook(webhook, 5, []);
      const delivery = deliveryOf(world, webhookId, 3);
      const { deliveryId } = delivery;
      await store.addDeliveries([delivery], new Map());
      const decide = () => ({ change: { failingSinceMs: 5 }, events: [] });
      const outcome = { delivery, attempt, state: 'pending' as const, nextAtMs: 77, decide };
      expect(await store.recordAttempt(outcome)).toBe(true);
      expect(await store.recordAttempt(outcome)).toBe(false);
      expect(await store.webhook(webhookId)).toMatchObject({ failingSinceMs: 5 });
      expect(await store.delivery(deliveryId)).toMatchObject({ attempts: 1, nextAtMs: 77 });
      const done = { state: 'delivered' as const, nextAtMs: null, decide: () => null };
      const second = { ...delivery, attempts: 1 };
      expect(await store.recordAttempt({ ...outcome, ...done, delivery: second })).toBe(true);
      expect(await store.replayDelivery(deliveryId, 90)).toMatchObject({
        attempts: 0,
        nextAtMs: 90,
      });
      expect(await store.recordAttempt({ ...outcome, ...done })).toBe(true);
      const log = await store.deliveryAttempts(deliveryId, 10);
      expect(log.map(({ number }) => number)).toEqual([3, 2, 1]);
      expect(log[0]).toEqual({ deliveryId, number: 3, ...attempt });
      expect(await store.pruneDeliveries(world.nowMs, 10)).toBe(0);
      expect(await store.pruneDeliveries(world.nowMs + 1, 10)).toBe(1);
      expect(await store.deliveryAttempts(deliveryId, 10)).toEqual([]);
    });
  });
}
