import type { KeyCaps, PerAsset } from './account.ts';

/** What a key may be used for; `read-only` narrows the others to reading. */
export type KeyScope = 'requester' | 'provider' | 'operator' | 'read-only';

/** A key to make. */
export interface KeyInput {
  name: string;
  keyCaps?: PerAsset<KeyCaps>;
  /** Without any it may do what the key may that makes it, but operate. */
  scopes?: KeyScope[];
  /** RFC 3339 in UTC. */
  expiresAt?: string;
}

/** A key of your account, without its secret. */
export interface Key {
  keyId: string;
  name: string | null;
  /** null: what the account may do. */
  scopes: KeyScope[] | null;
  createdAt: string;
  /** null: until it is revoked. */
  expiresAt: string | null;
  lastUsedAt: string | null;
  /** Whether the request was made with it. */
  current: boolean;
  /** null: none. */
  caps: PerAsset<KeyCaps> | null;
}

/** A key in place of another one. */
export interface NewKey {
  keyId: string;
  /** Shown only here. */
  apiKey: string;
  oldKeyExpiresAt: string;
}
