import type { Migration } from './index.ts';

/** Sign-in with a wallet, and with a code that is approved on another device. */
export const signIn: Migration = {
  name: 'sign-in',
  sql: `
CREATE TABLE sign_ins (
  nonce_hash TEXT PRIMARY KEY,
  facts TEXT NOT NULL,
  expires_at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX sign_ins_expiry ON sign_ins (expires_at_ms);

CREATE TABLE device_logins (
  device_hash TEXT PRIMARY KEY,
  user_hash TEXT NOT NULL UNIQUE,
  client TEXT NOT NULL,
  scopes TEXT NOT NULL,
  ip TEXT,
  created_at_ms INTEGER NOT NULL,
  expires_at_ms INTEGER NOT NULL,
  interval_sec INTEGER NOT NULL,
  polled_at_ms INTEGER NOT NULL,
  decision TEXT,
  account_id TEXT REFERENCES accounts (account_id)
) STRICT;
CREATE INDEX device_logins_expiry ON device_logins (expires_at_ms);
`,
};
