import type { Clock } from '@node3/shared/clock';
import type { BodyOf, QueryOf } from '@node3/shared/contract';
import { MarketError } from '@node3/shared/error';
import type { NewEvent } from '@node3/shared/events';
import { checkUrl, type FetchAllowance } from '@node3/shared/fetch/fetch-rules';
import { assertUnchanged } from '@node3/shared/http/entity-tag';
import type { Ids } from '@node3/shared/ids';
import { limits } from '@node3/shared/limits';
import type * as contracts from '@node3/shared/routes/webhooks';
import type { WebhookView } from '@node3/shared/routes/webhooks';
import type { Store } from '../store/store.ts';
import type { WebhookRow } from '../store/webhook-store.ts';
import { assertUncapped } from './manage-keys.ts';
import type { SecretSealer } from './secret-sealer.ts';
import type { CapCaller } from './spending-caps.ts';
import { newWebhookSecret } from './webhook-secrets.ts';
import { versionOfWebhook, viewAttempt, viewDelivery, viewWebhook } from './webhook-views.ts';

export interface WebhookDeps {
  store: Store;
  clock: Clock;
  ids: Ids;
  sealer: SecretSealer;
  /** Where webhooks may lead beyond the public internet. */
  webhookAllow: FetchAllowance;
}

export type NewWebhook = WebhookView & { secret: string };

/** From now on. A key with caps was given away: it must not leave a listener behind. */
export async function createWebhook(
  deps: WebhookDeps,
  caller: CapCaller,
  input: BodyOf<typeof contracts.createWebhook>,
): Promise<NewWebhook> {
  await assertUncapped(deps, caller);
  checkUrl(input.url, deps.webhookAllow);
  const { store, clock, ids, sealer } = deps;
  const webhookId = ids.next('webhook');
  const { secret, sealed } = newWebhookSecret(sealer, webhookId);
  const row: WebhookRow = {
    webhookId,
    accountId: caller.accountId,
    url: input.url,
    types: input.types ?? null,
    description: input.description ?? null,
    state: 'enabled',
    stateReason: null,
    secret: sealed,
    oldSecret: null,
    oldSecretUntilMs: null,
    cursorSeq: await store.lastEventSeq(),
    failingSinceMs: null,
    createdAtMs: clock.nowMs(),
  };
  const events = [webhookEvent('webhook.created', row, row.createdAtMs)];
  await store.createWebhook(row, limits.webhooksPerAccount, events);
  return { ...viewWebhook(row), secret };
}

export async function listWebhooks({ store }: WebhookDeps, accountId: string) {
  return { data: (await store.webhooksOf(accountId)).map(viewWebhook) };
}

export async function readWebhook(deps: WebhookDeps, accountId: string, webhookId: string) {
  return viewWebhook(await findOwn(deps, accountId, webhookId));
}

/** One that is enabled again goes on with what happens from now on. */
export async function changeWebhook(
  deps: WebhookDeps,
  caller: CapCaller,
  webhookId: string,
  input: BodyOf<typeof contracts.changeWebhook>,
  ifMatch: string | null = null,
): Promise<WebhookView> {
  await assertUncapped(deps, caller);
  await findOwn(deps, caller.accountId, webhookId);
  if (input.url !== undefined) checkUrl(input.url, deps.webhookAllow);
  const nowMs = deps.clock.nowMs();
  const cursorSeq = await deps.store.lastEventSeq();
  return decideOn(deps, webhookId, (stored) => {
    assertUnchanged(ifMatch, versionOfWebhook(viewWebhook(stored)));
    const { enabled, ...named } = input;
    const change: Partial<WebhookRow> = { ...named };
    if (enabled === false && stored.state === 'enabled') {
      Object.assign(change, { state: 'disabled', stateReason: 'Disabled by its owner.' });
    }
    if (enabled === true && stored.state === 'disabled') {
      const fresh = { state: 'enabled', stateReason: null, failingSinceMs: null, cursorSeq };
      Object.assign(change, fresh);
    }
    const changed = { ...stored, ...change };
    const before = `${stored.state} ${new URL(stored.url).origin}`;
    return { change, events: [webhookEvent('webhook.changed', changed, nowMs, { before })] };
  });
}

export async function deleteWebhook(deps: WebhookDeps, caller: CapCaller, webhookId: string) {
  await assertUncapped(deps, caller);
  const row = await findOwn(deps, caller.accountId, webhookId);
  const events = [webhookEvent('webhook.deleted', row, deps.clock.nowMs())];
  await deps.store.deleteWebhook(webhookId, events);
  return { webhookId };
}

export async function rotateWebhookSecret(
  deps: WebhookDeps,
  caller: CapCaller,
  webhookId: string,
  ifMatch: string | null = null,
): Promise<NewWebhook> {
  await assertUncapped(deps, caller);
  await findOwn(deps, caller.accountId, webhookId);
  const nowMs = deps.clock.nowMs();
  const { secret, sealed } = newWebhookSecret(deps.sealer, webhookId);
  const view = await decideOn(deps, webhookId, (stored) => {
    assertUnchanged(ifMatch, versionOfWebhook(viewWebhook(stored)));
    return {
      change: {
        secret: sealed,
        oldSecret: stored.secret,
        oldSecretUntilMs: nowMs + limits.webhookSecretOverlapMs,
      },
      events: [webhookEvent('webhook.rotated', stored, nowMs)],
    };
  });
  return { ...view, secret };
}

/** The test is an event like any other, for this webhook alone. */
export async function testWebhook(deps: WebhookDeps, accountId: string, webhookId: string) {
  const row = await findOwn(deps, accountId, webhookId);
  if (row.state === 'disabled') {
    const detail = `The webhook is disabled: ${row.stateReason}`;
    throw new MarketError('WEBHOOK_DISABLED', { detail, webhookId });
  }
  const nowMs = deps.clock.nowMs();
  await decideOn(deps, webhookId, (stored) => ({
    change: {},
    events: [webhookEvent('webhook.tested', stored, nowMs)],
  }));
  return { webhookId };
}

export async function listDeliveries(
  deps: WebhookDeps,
  accountId: string,
  webhookId: string,
  query: QueryOf<typeof contracts.listDeliveries>,
) {
  await findOwn(deps, accountId, webhookId);
  const limit = query.limit ?? limits.listPageDefault;
  const search = {
    webhookId,
    state: query.state ?? null,
    beforeDeliveryId: query.cursor ?? null,
    limit: limit + 1,
  };
  const rows = await deps.store.deliveries(search);
  const page = rows.slice(0, limit);
  const nextCursor = rows.length > limit ? (page.at(-1)?.deliveryId ?? null) : null;
  return { data: page.map(viewDelivery), nextCursor };
}

export async function readDelivery(
  deps: WebhookDeps,
  accountId: string,
  ids: { webhookId: string; deliveryId: string },
) {
  const row = await findDelivery(deps, accountId, ids);
  const log = await deps.store.deliveryAttempts(row.deliveryId, limits.webhookAttemptsShown);
  return { ...viewDelivery(row), log: log.map(viewAttempt) };
}

export async function replayDelivery(
  deps: WebhookDeps,
  accountId: string,
  ids: { webhookId: string; deliveryId: string },
) {
  const { deliveryId } = await findDelivery(deps, accountId, ids);
  const row = await deps.store.replayDelivery(deliveryId, deps.clock.nowMs());
  if (row === null) throw new MarketError('DELIVERY_NOT_FOUND', { deliveryId });
  return viewDelivery(row);
}

async function findDelivery(
  deps: WebhookDeps,
  accountId: string,
  { webhookId, deliveryId }: { webhookId: string; deliveryId: string },
) {
  await findOwn(deps, accountId, webhookId);
  const row = await deps.store.delivery(deliveryId);
  if (row?.webhookId === webhookId) return row;
  throw new MarketError('DELIVERY_NOT_FOUND', { deliveryId });
}

/** Finds a webhook of this account. Somebody else's does not exist for it. */
export async function findOwn(
  { store }: Pick<WebhookDeps, 'store'>,
  accountId: string,
  webhookId: string,
): Promise<WebhookRow> {
  const row = await store.webhook(webhookId);
  if (row?.accountId === accountId) return row;
  throw new MarketError('WEBHOOK_NOT_FOUND', { webhookId });
}

async function decideOn(
  { store }: WebhookDeps,
  webhookId: string,
  decide: (stored: WebhookRow) => { change: Partial<WebhookRow>; events: NewEvent[] },
): Promise<WebhookView> {
  const changed = await store.changeWebhook(webhookId, decide);
  if (changed === null) throw new MarketError('WEBHOOK_NOT_FOUND', { webhookId });
  return viewWebhook(changed);
}

export type WebhookEventName =
  | 'webhook.changed'
  | 'webhook.created'
  | 'webhook.deleted'
  | 'webhook.disabled'
  | 'webhook.rotated'
  | 'webhook.tested';

export function webhookEvent(
  name: WebhookEventName,
  { webhookId, accountId, url, state, types }: WebhookRow,
  atMs: number,
  facts: NewEvent['data'] = {},
): NewEvent {
  return {
    name,
    atMs,
    actor: name === 'webhook.disabled' ? 'marketplace' : 'requester',
    accountId,
    jobId: null,
    executionId: null,
    reason: null,
    // Paths and queries of such URLs are often secrets themselves.
    data: {
      webhookId,
      origin: new URL(url).origin,
      state,
      types: types?.join(',') ?? null,
      ...facts,
    },
  };
}
