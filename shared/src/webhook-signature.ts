import { createHmac, timingSafeEqual } from 'node:crypto';

/** The headers of Standard Webhooks, https://www.standardwebhooks.com. */
export interface WebhookHeaders {
  'webhook-id': string;
  /** Seconds since the epoch. */
  'webhook-timestamp': string;
  /** One signature for each secret that works, separated by spaces. */
  'webhook-signature': string;
}

const prefix = 'whsec_';
/** Older requests may be recorded ones that are sent again. */
const toleranceSec = 300;

/** @param secrets `whsec_` and base64 each; the newest first. */
export function signWebhook(
  secrets: readonly string[],
  id: string,
  timestampSec: number,
  body: string,
): WebhookHeaders {
  const signatures = secrets.map((secret) => `v1,${mac(secret, id, String(timestampSec), body)}`);
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestampSec),
    'webhook-signature': signatures.join(' '),
  };
}

/** Whether a request was made with the secret, unchanged, within five minutes of `nowMs`. */
export function verifyWebhook(
  secret: string,
  headers: Record<string, string | string[] | undefined>,
  body: string,
  nowMs: number,
): boolean {
  const id = headers['webhook-id'];
  const timestamp = headers['webhook-timestamp'];
  const signatures = headers['webhook-signature'];
  if (typeof id !== 'string' || typeof timestamp !== 'string') return false;
  if (typeof signatures !== 'string' || !/^\d{1,12}$/.test(timestamp)) return false;
  if (Math.abs(nowMs / 1_000 - Number(timestamp)) > toleranceSec) return false;
  const expected = Buffer.from(`v1,${mac(secret, id, timestamp, body)}`);
  return signatures.split(' ').some((signature) => {
    const given = Buffer.from(signature);
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
}

function mac(secret: string, id: string, timestamp: string, body: string): string {
  const key = Buffer.from(secret.slice(prefix.length), 'base64');
  return createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
}
