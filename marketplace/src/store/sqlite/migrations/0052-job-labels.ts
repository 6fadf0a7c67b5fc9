import type { Migration } from './index.ts';

const labelsOf = (spec: string, jobId: string) => `
  INSERT INTO job_labels (job_id, name, account_id, value)
    SELECT jobs.job_id, label.key, jobs.account_id, label.value
    FROM ${spec} JOIN jobs ON jobs.job_id = ${jobId}, json_each(spec, '$.labels') AS label`;

/**
 * Labels of jobs, to find jobs and to add up what they cost by them. A trigger writes them, so that
 * nobody who posts can forget to.
 */
export const jobLabels: Migration = {
  name: 'job-labels',
  sql: `
CREATE TABLE job_labels (
  job_id TEXT NOT NULL REFERENCES jobs (job_id),
  name TEXT NOT NULL,
  account_id TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (job_id, name)
) STRICT, WITHOUT ROWID;
${labelsOf('job_specs', 'job_specs.job_id')};
CREATE INDEX job_labels_by_value ON job_labels (account_id, name, value, job_id);
CREATE TRIGGER job_labels_told AFTER INSERT ON job_specs BEGIN
  ${labelsOf('(SELECT NEW.spec AS spec)', 'NEW.job_id')};
END;
`,
};
