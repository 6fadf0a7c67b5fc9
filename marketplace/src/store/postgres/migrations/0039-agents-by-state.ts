import type { Migration } from './index.ts';

/** SQLite's 51st. */
export const agentsByState: Migration = {
  name: 'agents-by-state',
  sql: 'CREATE INDEX agents_by_state ON agents (state);',
};
