import type { Clock } from '@node3/shared/clock';
import { MarketError } from '@node3/shared/error';
import type { FetchAllowance } from '@node3/shared/fetch/fetch-rules';
import { type SafeResponse, safeFetch } from '@node3/shared/fetch/safe-fetch';
import { limits } from '@node3/shared/limits';
import type { Logger } from '@node3/shared/logger';
import { toTimestamp } from '@node3/shared/schema';
import { signWebhook } from '@node3/shared/webhook-signature';
import { nextAttemptAtMs, readRetryAfterMs, webhookFailingMsMax } from '../domain/webhook-rules.ts';
import type { EventRow } from '../store/rows.ts';
import type { Store } from '../store/store.ts';
import type {
  AttemptOutcome,
  DeliveryRow,
  WebhookDecision,
  WebhookRow,
} from '../store/webhook-store.ts';
import { viewEvent } from './event-views.ts';
import { webhookEvent } from './manage-webhooks.ts';
import type { SecretSealer } from './secret-sealer.ts';
import { openWebhookSecrets } from './webhook-secrets.ts';

export interface SendDeps {
  store: Store;
  clock: Clock;
  log: Logger;
  sealer: SecretSealer;
  webhookAllow: FetchAllowance;
  /** 0 to 1: spreads attempts. */
  random: () => number;
  /** Time for one whole attempt. */
  webhookTimeoutMs: number;
}

type Attempt = AttemptOutcome['attempt'];

/** Makes one attempt and notes what came of it. A crash in between makes it again, with the same id. */
export async function sendWebhook(
  deps: SendDeps,
  webhook: WebhookRow,
  delivery: DeliveryRow,
  signal: AbortSignal,
): Promise<void> {
  const { store, clock } = deps;
  const [event] = await store.eventsAfter(delivery.eventSeq - 1, 1);
  if (event === undefined || event.seq !== delivery.eventSeq) {
    throw new MarketError('INTERNAL', { detail: `event ${delivery.eventSeq} is gone` });
  }
  const { attempt, retryAfterMs } = await post(deps, webhook, event, signal);
  // Stopping is no failure of the receiver: the attempt is made again after the start.
  if (signal.aborted && attempt.status === null) return;
  const made = delivery.attempts + 1;
  const isDone = isSuccess(attempt);
  const isGone = attempt.status === 410;
  const random = deps.random();
  const nextAtMs =
    isDone || isGone ? null : nextAttemptAtMs(made, clock.nowMs(), { random, retryAfterMs });
  await store.recordAttempt({
    delivery,
    attempt,
    state: isDone ? 'delivered' : nextAtMs === null ? 'failed' : 'pending',
    nextAtMs,
    decide: (stored) => decideOn(stored, attempt),
  });
}

function isSuccess({ status }: Attempt): boolean {
  return status !== null && status >= 200 && status < 300;
}

/** What an attempt means for its webhook; null: nothing new. */
function decideOn(stored: WebhookRow, attempt: Attempt): WebhookDecision | null {
  if (isSuccess(attempt)) {
    return stored.failingSinceMs === null ? null : { change: { failingSinceMs: null }, events: [] };
  }
  const failingSinceMs = stored.failingSinceMs ?? attempt.atMs;
  if (stored.state === 'disabled') return null;
  const reason = reasonToDisable(attempt, failingSinceMs);
  if (reason === null) {
    return stored.failingSinceMs === null ? { change: { failingSinceMs }, events: [] } : null;
  }
  const change = { state: 'disabled' as const, stateReason: reason, failingSinceMs };
  const event = webhookEvent('webhook.disabled', { ...stored, ...change }, attempt.atMs, {
    reason,
  });
  return { change, events: [event] };
}

function reasonToDisable({ status, atMs }: Attempt, failingSinceMs: number): string | null {
  if (status === 410) return 'The receiver answered 410: it wants no more.';
  if (atMs - failingSinceMs < webhookFailingMsMax) return null;
  return `Every attempt failed since ${toTimestamp(failingSinceMs)}.`;
}

async function post(
  deps: SendDeps,
  webhook: WebhookRow,
  event: EventRow,
  signal: AbortSignal,
): Promise<{ attempt: Attempt; retryAfterMs: number | null }> {
  const { clock, sealer } = deps;
  const atMs = clock.nowMs();
  const startMs = clock.monotonicMs();
  const body = bodyOf(event);
  const secrets = openWebhookSecrets(sealer, webhook, atMs);
  const signed = signWebhook(secrets, `evt_${event.seq}`, Math.floor(atMs / 1_000), body);
  const done = (result: Pick<Attempt, 'status' | 'error' | 'answer'>): Attempt => ({
    atMs,
    latencyMs: Math.round(clock.monotonicMs() - startMs),
    ...result,
  });
  try {
    const response = await safeFetch(webhook.url, {
      method: 'POST',
      headers: { ...signed, 'content-type': 'application/json' },
      body,
      // The beginning of the answer is kept, and no more of it is read.
      maxBytes: Number.MAX_SAFE_INTEGER,
      redirectsMax: 0,
      timeouts: {
        headersMs: deps.webhookTimeoutMs,
        totalMs: deps.webhookTimeoutMs,
      },
      allow: deps.webhookAllow,
      caller: webhook.accountId,
      signal,
    });
    const retryAfterMs = readRetryAfterMs(response.headers['retry-after'], clock.nowMs());
    const answer = await beginningOf(response);
    return { attempt: done({ status: response.status, error: null, answer }), retryAfterMs };
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    const told = text.slice(0, limits.webhookAnswerChars);
    return { attempt: done({ status: null, error: told, answer: null }), retryAfterMs: null };
  }
}

/** An answer that breaks off, or that never ends, was one all the same. */
async function beginningOf(response: SafeResponse): Promise<string | null> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const piece of response.body) {
      pieces.push(piece);
      bytes += piece.length;
      if (bytes >= limits.webhookAnswerChars) break;
    }
  } catch {
    response.cancel();
  }
  const text = Buffer.concat(pieces).toString('utf8').slice(0, limits.webhookAnswerChars);
  return text === '' ? null : text.replaceAll('\u0000', '');
}

/** The whole event; one that is too long says only what it is. */
function bodyOf(event: EventRow): string {
  const data = viewEvent(event);
  const about = { type: data.type, timestamp: data.at };
  const body = JSON.stringify({ ...about, data });
  if (Buffer.byteLength(body) <= limits.webhookBodyBytes) return body;
  return JSON.stringify({ ...about, data: { ...data, data: { truncated: true } } });
}
