import type { Migration } from './index.ts';

/** Logs go before their jobs do; when one went is said where it was. */
export const logRemovals: Migration = {
  name: 'log-removals',
  sql: `
CREATE TABLE log_removals (
  job_id TEXT PRIMARY KEY REFERENCES jobs (job_id),
  removed_at_ms INTEGER NOT NULL
) STRICT;
`,
};
