/**
 * Changes of homes are numbered in the order of their commits: by time, one that is stored late would
 * be missed by whoever has read past it.
 */
export const homeChanges = {
  name: 'home-changes',
  sql: `
ALTER TABLE agent_homes ADD COLUMN change_number INTEGER NOT NULL DEFAULT 0;
DROP INDEX agent_homes_by_change;
CREATE INDEX agent_homes_by_change_number ON agent_homes (change_number, agent_id);
`,
};
