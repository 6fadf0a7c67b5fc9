import type { Clock } from '@node3/shared/clock';
import type { QueryOf, ReplyOf } from '@node3/shared/contract';
import { MarketError } from '@node3/shared/error';
import type { NewEvent } from '@node3/shared/events';
import { limits } from '@node3/shared/limits';
import type {
  AdminDelivery,
  getAdminDelivery,
  listAdminDeliveries as listContract,
} from '@node3/shared/routes/admin-webhooks';
import type { Store } from '../store/store.ts';
import type { DeliveryRow, WebhookRow } from '../store/webhook-store.ts';
import { viewAttempt, viewDelivery } from './webhook-views.ts';

interface Deps {
  store: Store;
  clock: Clock;
}

/** What was sent to the webhooks of everybody, newest first. */
export async function listAdminDeliveries(
  { store }: Deps,
  { state = 'failed', limit = limits.listPageDefault, cursor }: QueryOf<typeof listContract>,
): Promise<{ data: AdminDelivery[]; nextCursor: string | null }> {
  const found = await store.allDeliveries({
    state: state === 'failed' ? 'failed' : null,
    beforeDeliveryId: cursor ?? null,
    limit: limit + 1,
  });
  const rows = found.slice(0, limit);
  const webhooks = await store.webhooksById([...new Set(rows.map(({ webhookId }) => webhookId))]);
  return {
    // One whose webhook was removed meanwhile is gone with it.
    data: rows.flatMap((row) => {
      const webhook = webhooks.get(row.webhookId);
      return webhook === undefined ? [] : [viewAdminDelivery(row, webhook)];
    }),
    nextCursor: found.length > limit ? (rows.at(-1)?.deliveryId ?? null) : null,
  };
}

/** Rejects with DELIVERY_NOT_FOUND. */
export async function readAdminDelivery(
  deps: Deps,
  deliveryId: string,
): Promise<ReplyOf<typeof getAdminDelivery>> {
  const { row, webhook } = await findDelivery(deps, deliveryId);
  const attempts = await deps.store.deliveryAttempts(deliveryId, limits.listPageMax);
  return { ...viewAdminDelivery(row, webhook), log: attempts.map(viewAttempt) };
}

/** Sends it once more, signed with the secret of now. Rejects with DELIVERY_NOT_FOUND. */
export async function replayAdminDelivery(deps: Deps, deliveryId: string): Promise<AdminDelivery> {
  const { webhook } = await findDelivery(deps, deliveryId);
  const nowMs = deps.clock.nowMs();
  const row = await deps.store.replayDelivery(deliveryId, nowMs);
  if (row === null) throw new MarketError('DELIVERY_NOT_FOUND', { deliveryId });
  const event: NewEvent = {
    name: 'webhook.replayed',
    atMs: nowMs,
    actor: 'operator',
    accountId: webhook.accountId,
    jobId: null,
    executionId: null,
    reason: null,
    data: { webhookId: webhook.webhookId, deliveryId },
  };
  await deps.store.postTransfers([], [event], nowMs);
  return viewAdminDelivery(row, webhook);
}

async function findDelivery({ store }: Deps, deliveryId: string) {
  const row = await store.delivery(deliveryId);
  const webhook = row === null ? null : await store.webhook(row.webhookId);
  if (row === null || webhook === null) throw new MarketError('DELIVERY_NOT_FOUND', { deliveryId });
  return { row, webhook };
}

function viewAdminDelivery(row: DeliveryRow, webhook: WebhookRow): AdminDelivery {
  const { webhookId, accountId, url } = webhook;
  return { ...viewDelivery(row), webhookId, accountId, url };
}
