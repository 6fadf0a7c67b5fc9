import type { BodyOf } from '@node3/shared/contract';
import { limits } from '@node3/shared/limits';
import type { replayWebhook as contract } from '@node3/shared/routes/webhooks';
import { isForWebhook } from '../domain/webhook-rules.ts';
import type { DeliveryRow } from '../store/webhook-store.ts';
import { findOwn, type WebhookDeps } from './manage-webhooks.ts';

export interface ReplayDeps extends WebhookDeps {
  operatorAccountId: string;
}

/**
 * Sends the events of one page of a range, whether they were sent before or not. Tests are not
 * repeated. Answers where to go on, since a range may be as long as the log.
 */
export async function replayWebhook(
  deps: ReplayDeps,
  accountId: string,
  webhookId: string,
  { after, through }: BodyOf<typeof contract>,
): Promise<{ queued: number; nextAfter: number; more: boolean }> {
  const { store, clock, ids, operatorAccountId } = deps;
  const webhook = await findOwn(deps, accountId, webhookId);
  const end = through ?? (await store.lastEventSeq());
  const page = await store.eventsMatching({
    accountId: accountId === operatorAccountId ? null : accountId,
    jobId: null,
    afterSeq: after,
    limit: limits.webhookReplayPage,
    scanMax: limits.eventsScanned,
  });
  const nowMs = clock.nowMs();
  const events = page.events.filter(
    (event) =>
      event.seq <= end &&
      event.name !== 'webhook.tested' &&
      isForWebhook(webhook, event, operatorAccountId),
  );
  const deliveries = events.map(
    (event): DeliveryRow => ({
      deliveryId: ids.next('delivery'),
      webhookId,
      eventSeq: event.seq,
      type: event.name,
      state: 'pending',
      attempts: 0,
      nextAtMs: nowMs,
      createdAtMs: nowMs,
    }),
  );
  await store.replayDeliveries(deliveries);
  const nextAfter = Math.min(page.scannedTo, end);
  const more = page.scannedTo < end && page.scannedTo > after;
  return { queued: deliveries.length, nextAfter, more };
}
