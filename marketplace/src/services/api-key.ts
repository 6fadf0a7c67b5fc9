import { hash, timingSafeEqual } from 'node:crypto';
import type { Ids } from '@node3/shared/ids';
import { limits } from '@node3/shared/limits';
import { signInLimits } from '@node3/shared/sign-in-limits';
import type { ApiKeyRow } from '../store/rows.ts';

/**
 * Keys look like `n3_key_<26 characters>_<43 characters>`, and what a session's cookie holds like
 * `n3_ses_…`: the id finds the row, the rest proves it.
 */
const keyPattern = /^n3_((?:key|ses)_[0-9A-HJKMNP-TV-Z]{26})_[A-Za-z0-9_-]{16,64}$/;
const sessionPrefix = 'n3_ses_';

export interface NewApiKey {
  /** Shown to its owner once. */
  apiKey: string;
  row: ApiKeyRow;
}

type KeyFacts = Partial<Pick<ApiKeyRow, 'name' | 'scopes' | 'endsAtMs'>>;

export function createApiKey(
  ids: Ids,
  owner: ApiKeyRow['owner'],
  nowMs: number,
  { name = null, scopes = null, endsAtMs = null }: KeyFacts = {},
): NewApiKey {
  const keyId = ids.next('apiKey');
  const apiKey = `n3_${keyId}_${ids.secret(limits.apiKeyBytes)}`;
  return {
    apiKey,
    row: {
      keyId,
      keyHash: hashText(apiKey),
      owner,
      name,
      kind: 'key',
      scopes,
      createdAtMs: nowMs,
      expiresAtMs: endsAtMs,
      endsAtMs,
      lastUsedAtMs: null,
      revokedAtMs: null,
    },
  };
}

/** What a web page shows instead of a key. It ends when it is not used, and after its time. */
export function createSessionToken(
  ids: Ids,
  { accountId, client }: { accountId: string; client: string | null },
  nowMs: number,
): NewApiKey {
  const keyId = ids.next('session');
  const apiKey = `n3_${keyId}_${ids.secret(limits.apiKeyBytes)}`;
  const { row } = createApiKey(ids, { kind: 'account', accountId }, nowMs, { name: client });
  const ends = {
    expiresAtMs: nowMs + signInLimits.sessionIdleMs,
    endsAtMs: nowMs + signInLimits.sessionMs,
  };
  return { apiKey, row: { ...row, ...ends, keyId, keyHash: hashText(apiKey), kind: 'session' } };
}

/** Whether it is a session's, which works in its cookie and nowhere else. */
export function isSessionToken(apiKey: string): boolean {
  return apiKey.startsWith(sessionPrefix);
}

/** Whether a key opens anything at this time. */
export function isWorkingKey(
  { expiresAtMs, revokedAtMs }: Pick<ApiKeyRow, 'expiresAtMs' | 'revokedAtMs'>,
  nowMs: number,
): boolean {
  return revokedAtMs === null && (expiresAtMs === null || expiresAtMs > nowMs);
}

/** The id inside a key, or null when it can't be one of ours. */
export function keyIdOf(apiKey: string): string | null {
  return keyPattern.exec(apiKey)?.[1] ?? null;
}

/** SHA-256, hex. Enough for secrets of 256 random bits. */
export function hashText(text: string): string {
  return hash('sha256', text, 'hex');
}

/** Compares without telling by its duration how much was right. */
export function equalsSecret(a: string, b: string): boolean {
  return equalsHash(hashText(a), hashText(b));
}

/** The same for two hashes, which are as long as each other. */
export function equalsHash(a: string, b: string): boolean {
  return timingSafeEqual(Buffer.from(a), Buffer.from(b));
}
