import type { Migration } from './index.ts';

/** SQLite’s 53rd. */
export const agentDays: Migration = {
  name: 'agent-days',
  sql: `
CREATE TABLE agent_days (
  agent_id TEXT NOT NULL REFERENCES agents (agent_id),
  day_start_ms BIGINT NOT NULL,
  present_ms BIGINT NOT NULL,
  PRIMARY KEY (agent_id, day_start_ms)
);

ALTER TABLE agents ADD COLUMN presence_from_ms BIGINT;
`,
};
