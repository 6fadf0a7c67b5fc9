import type { Migration } from './index.ts';

/**
 * So that a list by the time of end goes on within one millisecond, and leaves out other states, from the
 * index alone.
 */
export const endedJobs: Migration = {
  name: 'ended-jobs',
  sql: `
DROP INDEX jobs_by_finish;
CREATE INDEX jobs_by_finish ON jobs (account_id, finished_at_ms, job_id, state)
  WHERE finished_at_ms IS NOT NULL;
`,
};
