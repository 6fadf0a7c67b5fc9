/**
 * Several processes work on one database. Each says for how long it lives, and each agent has the one
 * it speaks to. Processes of agents that were replaced stay so, whichever replica they ask; and what
 * ran without a lease because nobody was there to renew it is known to whoever settles it.
 */
export const replicas = {
  name: 'replicas',
  sql: `
CREATE TABLE replicas (
  replica_id TEXT PRIMARY KEY,
  until_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX replicas_by_end ON replicas (until_ms);

CREATE TABLE agent_homes (
  agent_id TEXT PRIMARY KEY REFERENCES agents (agent_id),
  replica_id TEXT NOT NULL,
  instance_id TEXT,
  generation INTEGER NOT NULL,
  is_here INTEGER NOT NULL CHECK (is_here IN (0, 1)),
  changed_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX agent_homes_by_change ON agent_homes (changed_at_ms);
CREATE INDEX agent_homes_by_replica ON agent_homes (replica_id);

CREATE TABLE superseded_instances (
  agent_id TEXT NOT NULL REFERENCES agents (agent_id),
  instance_id TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  PRIMARY KEY (agent_id, instance_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE unsupervised_executions (
  execution_id TEXT PRIMARY KEY REFERENCES executions (execution_id),
  lease_ended_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
`,
};
