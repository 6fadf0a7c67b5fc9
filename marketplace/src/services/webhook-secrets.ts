import { randomBytes } from 'node:crypto';
import type { WebhookRow } from '../store/webhook-store.ts';
import type { SecretSealer } from './secret-sealer.ts';

const secretBytes = 32;

/** A new secret in plain, and sealed for its webhook alone. */
export function newWebhookSecret(sealer: SecretSealer, webhookId: string) {
  const secret = `whsec_${randomBytes(secretBytes).toString('base64')}`;
  return { secret, sealed: sealer.seal(contextOf(webhookId), secret) };
}

/** Those that sign now, the newest first. */
export function openWebhookSecrets(
  sealer: SecretSealer,
  webhook: WebhookRow,
  nowMs: number,
): string[] {
  const { webhookId, secret, oldSecret, oldSecretUntilMs } = webhook;
  const sealed = [secret];
  if (oldSecret !== null && (oldSecretUntilMs ?? 0) > nowMs) sealed.push(oldSecret);
  return sealed.map((text) => sealer.open(contextOf(webhookId), text));
}

function contextOf(webhookId: string): string {
  return `webhook:${webhookId}:secret`;
}
