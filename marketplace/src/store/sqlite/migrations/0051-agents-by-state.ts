import type { Migration } from './index.ts';

/** Counts agents without a look at what each offers. */
export const agentsByState: Migration = {
  name: 'agents-by-state',
  sql: 'CREATE INDEX agents_by_state ON agents (state);',
};
