import type { Migration } from './index.ts';

/** SQLite's 34th. */
export const jobUsage: Migration = {
  name: 'job-usage',
  sql: `
CREATE INDEX jobs_by_finish ON jobs (account_id, finished_at_ms)
  WHERE finished_at_ms IS NOT NULL;
`,
};
