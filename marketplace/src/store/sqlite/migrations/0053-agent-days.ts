import type { Migration } from './index.ts';

/** When agents were there: the sum of each day, counted from here on. What was before is unknown. */
export const agentDays: Migration = {
  name: 'agent-days',
  sql: `
CREATE TABLE agent_days (
  agent_id TEXT NOT NULL REFERENCES agents (agent_id),
  day_start_ms INTEGER NOT NULL,
  present_ms INTEGER NOT NULL,
  PRIMARY KEY (agent_id, day_start_ms)
) STRICT, WITHOUT ROWID;

ALTER TABLE agents ADD COLUMN presence_from_ms INTEGER;
`,
};
