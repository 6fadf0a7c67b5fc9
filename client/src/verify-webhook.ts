import { OptionError, WebhookError } from './errors.ts';
import type { AccountEvent } from './types/event.ts';

/** A request that the marketplace may have sent. */
export interface VerifyInput {
  /** `whsec_` and base64; several while a secret is being rotated. Any of them will do. */
  secret: string | readonly string[];
  /** Of the request, as `fetch` or Node have them. */
  headers: Headers | Record<string, string | readonly string[] | undefined>;
  /** Exactly as it came: parsed and written again it has another signature. */
  body: string | Uint8Array;
  /** How old or new it may be, seconds; 300 where nothing is said. */
  toleranceSec?: number;
  /** The time now, milliseconds since 1970; for tests. */
  nowMs?: number;
}

/** What the marketplace sent. */
export interface WebhookMessage {
  /** Of this event and this webhook; the same again when it is sent again. */
  id: string;
  /** Such as `job.ended`. */
  type: string;
  /** When the event happened, RFC 3339. */
  timestamp: string;
  data: AccountEvent;
}

const toleranceSecUsual = 300;
const signaturesMax = 16;

/**
 * Whether a request was made with the secret, unchanged and now, as Standard Webhooks say; with
 * WebCrypto, so it runs in Node, browsers and at the edge. Signatures are compared in constant time.
 * Resolves with the event, or rejects with WebhookError: answer that with 401.
 */
export async function verifyWebhook(input: VerifyInput): Promise<WebhookMessage> {
  const { headers, body, toleranceSec = toleranceSecUsual, nowMs = Date.now() } = input;
  const id = headerOf(headers, 'webhook-id');
  const timestamp = headerOf(headers, 'webhook-timestamp');
  const signatures = headerOf(headers, 'webhook-signature').split(' ').slice(0, signaturesMax);
  if (!/^\d{1,12}$/.test(timestamp)) {
    throw new WebhookError('headers', 'webhook-timestamp is no number of seconds.');
  }
  if (!Number.isFinite(toleranceSec) || toleranceSec < 0) {
    throw new OptionError('toleranceSec', 'it must be a number of seconds, 0 or more');
  }
  const ageSec = Math.abs(nowMs / 1_000 - Number(timestamp));
  if (ageSec > toleranceSec) {
    const detail = `It is ${Math.round(ageSec)} s away from now, and ${toleranceSec} s are allowed.`;
    throw new WebhookError('timestamp', detail);
  }
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
  const signed = join(new TextEncoder().encode(`${id}.${timestamp}.`), bytes);
  const secrets = typeof input.secret === 'string' ? [input.secret] : input.secret;
  for (const secret of secrets) {
    const key = await importKey(secret);
    for (const signature of signatures) {
      const mac = signature.startsWith('v1,') ? fromBase64(signature.slice(3)) : null;
      if (mac !== null && (await crypto.subtle.verify('HMAC', key, mac, signed))) {
        return { id, ...readMessage(bytes) };
      }
    }
  }
  throw new WebhookError('signature', 'No signature is of any of the secrets.');
}

function headerOf(headers: VerifyInput['headers'], name: string): string {
  if (headers instanceof Headers) return needed(headers.get(name), name);
  const entry = Object.entries(headers).find(([key]) => key.toLowerCase() === name);
  return needed(typeof entry?.[1] === 'string' ? entry[1] : null, name);
}

function needed(value: string | null, name: string): string {
  if (value !== null && value !== '') return value;
  throw new WebhookError('headers', `The header ${name} is missing.`);
}

function importKey(secret: string) {
  const bytes = secret.startsWith('whsec_') ? fromBase64(secret.slice(6)) : null;
  if (bytes === null || bytes.length === 0) {
    throw new OptionError('secret', 'it must be whsec_ and base64');
  }
  return crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, [
    'verify',
  ]);
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> | null {
  try {
    return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  } catch {
    return null;
  }
}

function join(head: Uint8Array, rest: Uint8Array): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(head.length + rest.length);
  joined.set(head);
  joined.set(rest, head.length);
  return joined;
}

function readMessage(bytes: Uint8Array): Omit<WebhookMessage, 'id'> {
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as Omit<WebhookMessage, 'id'>;
  } catch {
    throw new WebhookError('body', 'The body is signed and is no JSON.');
  }
}
