import type { NewEvent } from '@node3/shared/events';

export type WebhookState = 'enabled' | 'disabled';
export type DeliveryState = 'pending' | 'delivered' | 'failed';

/** Where an account wants its events to be sent. */
export interface WebhookRow {
  webhookId: string;
  accountId: string;
  url: string;
  /** Names of events, or beginnings that end with a star; null is all. */
  types: string[] | null;
  description: string | null;
  state: WebhookState;
  /** One sentence for people; null while enabled. */
  stateReason: string | null;
  /** Sealed for this webhook alone. */
  secret: string;
  /** Works beside the new one until `oldSecretUntilMs`. */
  oldSecret: string | null;
  oldSecretUntilMs: number | null;
  /** Every event up to here that is for it has its delivery. */
  cursorSeq: number;
  /** Since when every attempt failed; null after one that did not. */
  failingSinceMs: number | null;
  createdAtMs: number;
}

/** One event for one webhook. */
export interface DeliveryRow {
  deliveryId: string;
  webhookId: string;
  eventSeq: number;
  type: string;
  state: DeliveryState;
  /** Attempts since it was made or asked for again. */
  attempts: number;
  /** null once it is over. */
  nextAtMs: number | null;
  createdAtMs: number;
}

export interface AttemptRow {
  deliveryId: string;
  /** Over all replays, from 1. */
  number: number;
  atMs: number;
  /** null: there was no answer. */
  status: number | null;
  latencyMs: number;
  error: string | null;
  /** How the answer begins. */
  answer: string | null;
}

export interface WebhookDecision {
  change: Partial<WebhookRow>;
  events: NewEvent[];
}

export interface AttemptOutcome {
  delivery: Pick<DeliveryRow, 'deliveryId' | 'webhookId' | 'attempts' | 'type'>;
  attempt: Omit<AttemptRow, 'deliveryId' | 'number'>;
  state: DeliveryState;
  nextAtMs: number | null;
  /** What becomes of the webhook; null leaves it as it is. */
  decide: (stored: WebhookRow) => WebhookDecision | null;
}

export interface PendingDeliveries {
  webhookId: string;
  pending: number;
  nextAtMs: number;
}

export interface WebhookStore {
  /** Rejects with LIMIT_REACHED when the account has `max`. */
  createWebhook(webhook: WebhookRow, max: number, events: NewEvent[]): Promise<void>;
  webhook(webhookId: string): Promise<WebhookRow | null>;
  webhooksOf(accountId: string): Promise<WebhookRow[]>;
  /** Those of all accounts. */
  enabledWebhooks(): Promise<WebhookRow[]>;
  /** Decides in the write; null when there is no such webhook. */
  changeWebhook(
    webhookId: string,
    decide: (stored: WebhookRow) => WebhookDecision | null,
  ): Promise<WebhookRow | null>;
  /** With its deliveries. false when there was none. */
  deleteWebhook(webhookId: string, events: NewEvent[]): Promise<boolean>;

  /** Adds deliveries and moves cursors, together. What is there already, or has no webhook, is left out. */
  addDeliveries(deliveries: DeliveryRow[], cursors: Map<string, number>): Promise<void>;
  /** Makes deliveries, or sends those that exist once more. */
  replayDeliveries(deliveries: DeliveryRow[]): Promise<void>;
  /** How much waits for each webhook, and until when. */
  pendingDeliveries(): Promise<PendingDeliveries[]>;
  dueDeliveries(webhookId: string, nowMs: number, limit: number): Promise<DeliveryRow[]>;
  /** Notes an attempt; false when the delivery is in another state by now, and nothing was noted. */
  recordAttempt(outcome: AttemptOutcome): Promise<boolean>;
  deliveries(search: DeliverySearch): Promise<DeliveryRow[]>;
  /** Of all webhooks, newest first: those that were given up, or all. */
  allDeliveries(search: AllDeliveriesSearch): Promise<DeliveryRow[]>;
  /** Those that were given up; counts no more than `max`. */
  countFailedDeliveries(max: number): Promise<number>;
  /** Many webhooks in one query; unknown ids are left out. */
  webhooksById(webhookIds: string[]): Promise<Map<string, WebhookRow>>;
  delivery(deliveryId: string): Promise<DeliveryRow | null>;
  /** The last ones, newest first. */
  deliveryAttempts(deliveryId: string, limit: number): Promise<AttemptRow[]>;
  /** Sends it once more, with as many attempts as a new one. */
  replayDelivery(deliveryId: string, nowMs: number): Promise<DeliveryRow | null>;
  /** Removes at most `limit` that are older. @returns how many. */
  pruneDeliveries(beforeMs: number, limit: number): Promise<number>;
}

export interface DeliverySearch {
  webhookId: string;
  state: DeliveryState | null;
  beforeDeliveryId: string | null;
  limit: number;
}

export interface AllDeliveriesSearch {
  state: 'failed' | null;
  beforeDeliveryId: string | null;
  limit: number;
}
