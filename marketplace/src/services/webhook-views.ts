import type { AttemptView, DeliveryView, WebhookView } from '@node3/shared/routes/webhooks';
import { toTimestamp } from '@node3/shared/schema';
import type { AttemptRow, DeliveryRow, WebhookRow } from '../store/webhook-store.ts';

const time = (ms: number | null) => (ms === null ? null : toTimestamp(ms));

export function viewWebhook(row: WebhookRow): WebhookView {
  const { webhookId, url, types, description, state, stateReason } = row;
  return {
    webhookId,
    url,
    types,
    description,
    state,
    reason: stateReason,
    failingSince: time(row.failingSinceMs),
    oldSecretUntil: time(row.oldSecretUntilMs),
    createdAt: toTimestamp(row.createdAtMs),
  };
}

/** What its owner made of it: not how its deliveries fare. */
export function versionOfWebhook({ failingSince: _fares, ...rest }: WebhookView): unknown {
  return rest;
}

export function viewDelivery(row: DeliveryRow): DeliveryView {
  const { deliveryId, eventSeq, type, state, attempts, nextAtMs, createdAtMs } = row;
  const times = { nextAt: time(nextAtMs), createdAt: toTimestamp(createdAtMs) };
  return { deliveryId, eventSeq, type, state, attempts, ...times };
}

export function viewAttempt(row: AttemptRow): AttemptView {
  const { number, atMs, status, latencyMs, error, answer } = row;
  return { number, at: toTimestamp(atMs), status, latencyMs, error, answer };
}
