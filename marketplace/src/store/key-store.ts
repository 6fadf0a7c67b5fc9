import type { NewEvent } from '@node3/shared/events';
import type { Asset } from '@node3/shared/money';
import type { Caps } from '../domain/spending-caps.ts';
import type { ApiKeyRow } from './rows.ts';

export interface KeyUse {
  keyId: string;
  atMs: number;
}

export interface KeyStore {
  apiKey(keyId: string): Promise<ApiKeyRow | null>;
  /** Every key of an account or an agent that was not revoked, newest first, at most `limit`; no sessions. */
  keysOf(owner: ApiKeyRow['owner'], limit: number): Promise<ApiKeyRow[]>;
  /** Rejects with KEYS_TOO_MANY when the owner has `keysMax` that still work. */
  addApiKey(key: ApiKeyRow, options: NewKeyOptions): Promise<void>;
  /**
   * Adds the successor of a key, with its name and its caps and what it spent, and lets the old one
   * end at `expiresAtMs`. Rejects with KEY_NOT_FOUND when the old one no longer works.
   */
  rotateApiKey(rotation: KeyRotation): Promise<ApiKeyRow>;
  /** Notes when keys were used; a session goes on for `sessionIdleMs` from then, until its end at most. */
  noteKeyUses(uses: readonly KeyUse[], sessionIdleMs: number): Promise<void>;
  /** Revokes a key for good; one that was revoked already stays as it is, and without events. */
  revokeApiKey(keyId: string, nowMs: number, events: NewEvent[]): Promise<void>;
}

export interface NewKeyOptions {
  keysMax: number;
  /** What the key may spend from its first moment on. */
  caps: Record<Asset, Caps> | null;
  events: NewEvent[];
}

export interface KeyRotation {
  keyId: string;
  next: Pick<ApiKeyRow, 'keyId' | 'keyHash'>;
  /** Until then both keys work. */
  expiresAtMs: number;
  nowMs: number;
  events: NewEvent[];
}
