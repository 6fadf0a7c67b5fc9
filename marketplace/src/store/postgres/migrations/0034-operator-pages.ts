import type { Migration } from './index.ts';

/** SQLite's 46th. */
export const operatorPages: Migration = {
  name: 'operator-pages',
  sql: `
CREATE TABLE market_switches (
  name TEXT PRIMARY KEY CHECK (name IN ('pause-matching', 'read-only')),
  reason TEXT NOT NULL,
  since_ms BIGINT NOT NULL
);

CREATE TABLE account_suspensions (
  account_id TEXT PRIMARY KEY REFERENCES accounts (account_id),
  reason TEXT NOT NULL,
  since_ms BIGINT NOT NULL
);

CREATE INDEX accounts_by_name ON accounts (lower(name));
CREATE INDEX payouts_held ON payouts (payout_id) WHERE state = 'held';
CREATE INDEX webhook_deliveries_failed ON webhook_deliveries (delivery_id) WHERE state = 'failed';
`,
};
