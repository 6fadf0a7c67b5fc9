import type { Migration } from './index.ts';

/** SQLite's 22nd. */
export const logRemovals: Migration = {
  name: 'log-removals',
  sql: `
CREATE TABLE log_removals (
  job_id TEXT PRIMARY KEY REFERENCES jobs (job_id),
  removed_at_ms BIGINT NOT NULL
);
`,
};
