/** A key of your account, without its secret. */
export interface Key {
  keyId: string;
  name: string | null;
  createdAt: string;
  /** null: until it is revoked. */
  expiresAt: string | null;
  /** Whether the request was made with it. */
  current: boolean;
}

/** A key in place of another one. */
export interface NewKey {
  keyId: string;
  /** Shown only here. */
  apiKey: string;
  oldKeyExpiresAt: string;
}
