import type { Migration } from './index.ts';

/** SQLite's 25th. */
export const replicas: Migration = {
  name: 'replicas',
  sql: `
CREATE TABLE replicas (
  replica_id TEXT PRIMARY KEY,
  until_ms BIGINT NOT NULL
);
CREATE INDEX replicas_by_end ON replicas (until_ms);

CREATE TABLE agent_homes (
  agent_id TEXT PRIMARY KEY REFERENCES agents (agent_id),
  replica_id TEXT NOT NULL,
  instance_id TEXT,
  generation BIGINT NOT NULL,
  is_here BIGINT NOT NULL CHECK (is_here IN (0, 1)),
  changed_at_ms BIGINT NOT NULL
);
CREATE INDEX agent_homes_by_change ON agent_homes (changed_at_ms);
CREATE INDEX agent_homes_by_replica ON agent_homes (replica_id);

CREATE TABLE superseded_instances (
  agent_id TEXT NOT NULL REFERENCES agents (agent_id),
  instance_id TEXT NOT NULL,
  at_ms BIGINT NOT NULL,
  PRIMARY KEY (agent_id, instance_id)
);

CREATE TABLE unsupervised_executions (
  execution_id TEXT PRIMARY KEY REFERENCES executions (execution_id),
  lease_ended_at_ms BIGINT NOT NULL
);
`,
};
