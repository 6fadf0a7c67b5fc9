import type { Migration } from './index.ts';

/** SQLite's 47th. */
export const endedJobs: Migration = {
  name: 'ended-jobs',
  sql: `
DROP INDEX jobs_by_finish;
CREATE INDEX jobs_by_finish ON jobs (account_id, finished_at_ms, job_id, state)
  WHERE finished_at_ms IS NOT NULL;
`,
};
