/** Something that happened to your account. docs/reference/events.md has all types with examples. */
export interface AccountEvent {
  /** Grows with every event; go on after the last one. */
  seq: number;
  /** Such as `job.ended` or `payout.finalized`. */
  type: string;
  at: string;
  /** requester, operator, marketplace or agent:<id>. */
  actor: string;
  accountId: string | null;
  jobId: string | null;
  executionId: string | null;
  reason: string | null;
  data: Record<string, string | number | boolean | null>;
}

/** Where events are sent to. */
export interface Webhook {
  webhookId: string;
  url: string;
  /** Names of events, `payout.*` is all that begin so; null is all events. */
  types: string[] | null;
  description: string | null;
  state: 'enabled' | 'disabled';
  /** Why it is disabled. */
  reason: string | null;
  failingSince: string | null;
  /** Until then the secret before the newest one signs too. */
  oldSecretUntil: string | null;
  createdAt: string;
}

/** A webhook with its secret, `whsec_` and base64, which is shown only now. */
export interface WebhookWithSecret extends Webhook {
  secret: string;
}

/** One event on its way to one webhook. */
export interface Delivery {
  deliveryId: string;
  eventSeq: number;
  type: string;
  state: 'pending' | 'delivered' | 'failed';
  /** Since it was made, or since the last replay. */
  attempts: number;
  nextAt: string | null;
  createdAt: string;
}
