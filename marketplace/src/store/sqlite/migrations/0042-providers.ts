import type { Migration } from './index.ts';

/**
 * Who runs agents: providers with their limits, and what became of their status. An agent without one
 * belongs to `default`. What an agent's runs took together is counted from here on.
 */
export const providers: Migration = {
  name: 'providers',
  sql: `
CREATE TABLE providers (
  provider_id TEXT PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('active', 'maintenance', 'disabled')),
  state_reason TEXT,
  priority INTEGER NOT NULL,
  workers_max INTEGER,
  facts TEXT NOT NULL,
  credentials TEXT NOT NULL,
  status TEXT,
  status_reason TEXT,
  status_at_ms INTEGER,
  status_changes INTEGER NOT NULL DEFAULT 0,
  created_at_ms INTEGER NOT NULL,
  changed_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE provider_health (
  provider_id TEXT NOT NULL REFERENCES providers (provider_id),
  number INTEGER NOT NULL,
  status TEXT NOT NULL,
  reason TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  PRIMARY KEY (provider_id, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX provider_health_by_time ON provider_health (at_ms);

ALTER TABLE agents ADD COLUMN provider_id TEXT REFERENCES providers (provider_id);
ALTER TABLE agents ADD COLUMN timed_runs INTEGER NOT NULL DEFAULT 0;
ALTER TABLE agents ADD COLUMN timed_run_ms INTEGER NOT NULL DEFAULT 0;
CREATE INDEX agents_by_provider ON agents (provider_id);
ALTER TABLE registration_tokens ADD COLUMN provider_id TEXT;
`,
};
