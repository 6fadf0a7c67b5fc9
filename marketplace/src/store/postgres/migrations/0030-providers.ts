import type { Migration } from './index.ts';

/** SQLite's 42nd. */
export const providers: Migration = {
  name: 'providers',
  sql: `
CREATE TABLE providers (
  provider_id TEXT PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('active', 'maintenance', 'disabled')),
  state_reason TEXT,
  priority BIGINT NOT NULL,
  workers_max BIGINT,
  facts TEXT NOT NULL,
  credentials TEXT NOT NULL,
  status TEXT,
  status_reason TEXT,
  status_at_ms BIGINT,
  status_changes BIGINT NOT NULL DEFAULT 0,
  created_at_ms BIGINT NOT NULL,
  changed_at_ms BIGINT NOT NULL
);

CREATE TABLE provider_health (
  provider_id TEXT NOT NULL REFERENCES providers (provider_id),
  number BIGINT NOT NULL,
  status TEXT NOT NULL,
  reason TEXT NOT NULL,
  at_ms BIGINT NOT NULL,
  PRIMARY KEY (provider_id, number)
);
CREATE INDEX provider_health_by_time ON provider_health (at_ms);

ALTER TABLE agents ADD COLUMN provider_id TEXT REFERENCES providers (provider_id);
ALTER TABLE agents ADD COLUMN timed_runs BIGINT NOT NULL DEFAULT 0;
ALTER TABLE agents ADD COLUMN timed_run_ms BIGINT NOT NULL DEFAULT 0;
CREATE INDEX agents_by_provider ON agents (provider_id);
ALTER TABLE registration_tokens ADD COLUMN provider_id TEXT;
`,
};
