import type { Migration } from './index.ts';

/** SQLite's 29th. */
export const homeChanges: Migration = {
  name: 'home-changes',
  sql: `
ALTER TABLE agent_homes ADD COLUMN change_number BIGINT NOT NULL DEFAULT 0;
DROP INDEX agent_homes_by_change;
CREATE INDEX agent_homes_by_change_number ON agent_homes (change_number, agent_id);
`,
};
