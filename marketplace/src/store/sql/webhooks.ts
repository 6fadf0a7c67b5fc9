import { MarketError } from '@node3/shared/error';
import type { NewEvent } from '@node3/shared/events';
import type { WebhookDecision, WebhookRow, WebhookState, WebhookStore } from '../webhook-store.ts';
import { inTexts, toList } from './codec.ts';
import type { Database } from './database.ts';
import { appendEventsIn } from './events.ts';
import type { Tx, Work } from './work.ts';

export interface WebhookRecord {
  webhook_id: string;
  account_id: string;
  url: string;
  types: string | null;
  description: string | null;
  state: WebhookState;
  state_reason: string | null;
  secret: string;
  old_secret: string | null;
  old_secret_until_ms: bigint | null;
  cursor_seq: bigint;
  failing_since_ms: bigint | null;
  created_at_ms: bigint;
}

const countOfAccount = 'SELECT count(*) AS count FROM webhooks WHERE account_id = ?';
const insertWebhook = `
  INSERT INTO webhooks (webhook_id, account_id, url, types, description, state, state_reason, secret,
    old_secret, old_secret_until_ms, cursor_seq, failing_since_ms, created_at_ms)
  VALUES (@webhookId, @accountId, @url, @types, @description, @state, @stateReason, @secret,
    @oldSecret, @oldSecretUntilMs, @cursorSeq, @failingSinceMs, @createdAtMs)`;
const selectWebhook = 'SELECT * FROM webhooks WHERE webhook_id = ?';
const selectMany = `SELECT * FROM webhooks WHERE webhook_id ${inTexts}`;
const selectOfAccount = 'SELECT * FROM webhooks WHERE account_id = ? ORDER BY webhook_id DESC';
const selectEnabled = `
  SELECT * FROM webhooks INDEXED BY webhooks_enabled WHERE state = 'enabled' ORDER BY webhook_id`;
const updateWebhook = `
  UPDATE webhooks SET url = @url, types = @types, description = @description, state = @state,
    state_reason = @stateReason, secret = @secret, old_secret = @oldSecret,
    old_secret_until_ms = @oldSecretUntilMs, cursor_seq = @cursorSeq,
    failing_since_ms = @failingSinceMs
  WHERE webhook_id = @webhookId`;
const deleteAttempts = `
  DELETE FROM webhook_attempts WHERE delivery_id IN
    (SELECT delivery_id FROM webhook_deliveries WHERE webhook_id = ?)`;
const deleteDeliveries = 'DELETE FROM webhook_deliveries WHERE webhook_id = ?';
const deleteOne = 'DELETE FROM webhooks WHERE webhook_id = ?';

type Webhooks = Pick<
  WebhookStore,
  | 'createWebhook'
  | 'webhook'
  | 'webhooksById'
  | 'webhooksOf'
  | 'enabledWebhooks'
  | 'changeWebhook'
  | 'deleteWebhook'
>;

export function createWebhooks(database: Database): Webhooks {
  return {
    createWebhook: (webhook, max, events) =>
      database.write((tx) => createWebhook(tx, webhook, max, events)),
    webhook: (webhookId) => database.read((tx) => findWebhook(tx, webhookId)),
    async webhooksById(webhookIds) {
      const found = await database.read((tx) =>
        tx.all<WebhookRecord>(selectMany, toList(webhookIds)),
      );
      return new Map(found.map((record) => [record.webhook_id, toWebhook(record)]));
    },
    async webhooksOf(accountId) {
      const found = await database.read((tx) => tx.all<WebhookRecord>(selectOfAccount, accountId));
      return found.map(toWebhook);
    },
    async enabledWebhooks() {
      const found = await database.read((tx) => tx.all<WebhookRecord>(selectEnabled));
      return found.map(toWebhook);
    },
    changeWebhook: (webhookId, decide) =>
      database.write((tx) => changeWebhook(tx, webhookId, decide)),
    deleteWebhook: (webhookId, events) =>
      database.write((tx) => deleteWebhook(tx, webhookId, events)),
  };
}

function* createWebhook(tx: Tx, webhook: WebhookRow, max: number, events: NewEvent[]): Work<void> {
  const found = yield* tx.get<{ count: bigint }>(countOfAccount, webhook.accountId);
  const count = Number(found?.count ?? 0n);
  if (count >= max) throw new MarketError('LIMIT_REACHED', { webhooks: count, max });
  yield* tx.run(insertWebhook, toValues(webhook));
  yield* appendEventsIn(tx, events);
}

function* findWebhook(tx: Tx, webhookId: string): Work<WebhookRow | null> {
  const found = yield* tx.get<WebhookRecord>(selectWebhook, webhookId);
  return found === undefined ? null : toWebhook(found);
}

/** Inside a write, so that what came of an attempt can change the webhook with it. */
export function* changeWebhook(
  tx: Tx,
  webhookId: string,
  decide: (stored: WebhookRow) => WebhookDecision | null,
): Work<WebhookRow | null> {
  const stored = yield* findWebhook(tx, webhookId);
  if (stored === null) return null;
  const decision = decide(stored);
  if (decision === null) return stored;
  const changed = { ...stored, ...decision.change };
  yield* tx.run(updateWebhook, toValues(changed));
  yield* appendEventsIn(tx, decision.events);
  return changed;
}

function* deleteWebhook(tx: Tx, webhookId: string, events: NewEvent[]): Work<boolean> {
  yield* tx.run(deleteAttempts, webhookId);
  yield* tx.run(deleteDeliveries, webhookId);
  if ((yield* tx.run(deleteOne, webhookId)) === 0) return false;
  yield* appendEventsIn(tx, events);
  return true;
}

function toValues(webhook: WebhookRow) {
  return { ...webhook, types: webhook.types === null ? null : JSON.stringify(webhook.types) };
}

export function toWebhook(record: WebhookRecord): WebhookRow {
  const number = (value: bigint | null) => (value === null ? null : Number(value));
  return {
    webhookId: record.webhook_id,
    accountId: record.account_id,
    url: record.url,
    types: record.types === null ? null : (JSON.parse(record.types) as string[]),
    description: record.description,
    state: record.state,
    stateReason: record.state_reason,
    secret: record.secret,
    oldSecret: record.old_secret,
    oldSecretUntilMs: number(record.old_secret_until_ms),
    cursorSeq: Number(record.cursor_seq),
    failingSinceMs: number(record.failing_since_ms),
    createdAtMs: Number(record.created_at_ms),
  };
}
