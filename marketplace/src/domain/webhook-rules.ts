import type { EventRow } from '../store/rows.ts';
import type { WebhookRow } from '../store/webhook-store.ts';
import { matchesType } from './event-filter.ts';

const secondMs = 1_000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;

/** How long after the attempt before it each attempt is made: ten over three days. */
export const webhookPausesMs: readonly number[] = [
  0,
  5 * secondMs,
  5 * minuteMs,
  30 * minuteMs,
  2 * hourMs,
  5 * hourMs,
  10 * hourMs,
  14 * hourMs,
  20 * hourMs,
  24 * hourMs,
];

/** After so long without one success, nobody is there any more. */
export const webhookFailingMsMax = 5 * 24 * hourMs;

/** A receiver may ask for a later attempt, but not for one that is never made. */
const retryAfterMsMax = 24 * hourMs;

/**
 * When to try again after so many attempts; null: not at all. Receivers that were away together are
 * not asked together: `random` of 0 to 1 moves it by up to a tenth. A receiver may ask for more time.
 */
export function nextAttemptAtMs(
  attempts: number,
  nowMs: number,
  { random, retryAfterMs }: { random: number; retryAfterMs: number | null },
): number | null {
  const pauseMs = webhookPausesMs[attempts];
  if (pauseMs === undefined) return null;
  const ownMs = Math.floor(pauseMs * (0.9 + 0.2 * random));
  return nowMs + Math.max(ownMs, Math.min(retryAfterMs ?? 0, retryAfterMsMax));
}

/** The header `Retry-After`: seconds or a date; null where it says neither. */
export function readRetryAfterMs(header: string | undefined, nowMs: number): number | null {
  if (header === undefined) return null;
  if (/^\d{1,9}$/.test(header)) return Number(header) * secondMs;
  const atMs = Date.parse(header);
  return Number.isNaN(atMs) ? null : Math.max(0, atMs - nowMs);
}

/**
 * Whether a webhook gets an event: those of its own account and of its types. The operator's gets what
 * belongs to no account too. A test is for the one that is tested, whatever its types.
 */
export function isForWebhook(
  webhook: Pick<WebhookRow, 'webhookId' | 'accountId' | 'types'>,
  event: EventRow,
  operatorAccountId: string,
): boolean {
  const isOwn =
    event.accountId === webhook.accountId ||
    (event.accountId === null && webhook.accountId === operatorAccountId);
  if (!isOwn) return false;
  if (event.name === 'webhook.tested') return event.data['webhookId'] === webhook.webhookId;
  return webhook.types === null || matchesType(webhook.types, event.name);
}
