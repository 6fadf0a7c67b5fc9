import type { Migration } from './index.ts';

/** Alerts: at most one is open for each rule and subject. */
export const alerts: Migration = {
  name: 'alerts',
  sql: `
CREATE TABLE alerts (
  alert_id TEXT PRIMARY KEY,
  rule TEXT NOT NULL,
  subject TEXT NOT NULL,
  account_id TEXT,
  severity TEXT NOT NULL CHECK (severity IN ('warning', 'critical')),
  detail TEXT NOT NULL,
  opened_at_ms INTEGER NOT NULL,
  resolved_at_ms INTEGER,
  acknowledged_at_ms INTEGER
) STRICT;
CREATE UNIQUE INDEX alerts_open ON alerts (rule, subject) WHERE resolved_at_ms IS NULL;
CREATE INDEX alerts_by_account ON alerts (account_id, alert_id) WHERE account_id IS NOT NULL;
CREATE INDEX webhooks_failing ON webhooks (failing_since_ms) WHERE failing_since_ms IS NOT NULL;
`,
};
