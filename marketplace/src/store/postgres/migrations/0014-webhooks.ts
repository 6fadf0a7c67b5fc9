import type { Migration } from './index.ts';

/** SQLite’s `0026-webhooks`. */
export const webhooks: Migration = {
  name: 'webhooks',
  sql: `
CREATE TABLE webhooks (
  webhook_id TEXT PRIMARY KEY,
  account_id TEXT NOT NULL REFERENCES accounts (account_id),
  url TEXT NOT NULL,
  types TEXT,
  description TEXT,
  state TEXT NOT NULL CHECK (state IN ('enabled', 'disabled')),
  state_reason TEXT,
  secret TEXT NOT NULL,
  old_secret TEXT,
  old_secret_until_ms BIGINT,
  cursor_seq BIGINT NOT NULL CHECK (cursor_seq >= 0),
  failing_since_ms BIGINT,
  created_at_ms BIGINT NOT NULL
);
CREATE INDEX webhooks_by_account ON webhooks (account_id, webhook_id);
CREATE INDEX webhooks_enabled ON webhooks (webhook_id) WHERE state = 'enabled';

CREATE TABLE webhook_deliveries (
  delivery_id TEXT PRIMARY KEY,
  webhook_id TEXT NOT NULL REFERENCES webhooks (webhook_id) ON DELETE CASCADE,
  event_seq BIGINT NOT NULL,
  type TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('pending', 'delivered', 'failed')),
  attempts BIGINT NOT NULL CHECK (attempts >= 0),
  next_at_ms BIGINT CHECK ((next_at_ms IS NOT NULL) = (state = 'pending')),
  created_at_ms BIGINT NOT NULL,
  UNIQUE (webhook_id, event_seq)
);
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (webhook_id, next_at_ms)
  WHERE next_at_ms IS NOT NULL;
CREATE INDEX webhook_deliveries_listed ON webhook_deliveries (webhook_id, delivery_id);
CREATE INDEX webhook_deliveries_by_age ON webhook_deliveries (created_at_ms);

CREATE TABLE webhook_attempts (
  delivery_id TEXT NOT NULL REFERENCES webhook_deliveries (delivery_id) ON DELETE CASCADE,
  number BIGINT NOT NULL CHECK (number > 0),
  at_ms BIGINT NOT NULL,
  status BIGINT,
  latency_ms BIGINT NOT NULL,
  error TEXT,
  answer TEXT,
  PRIMARY KEY (delivery_id, number)
);
`,
};
