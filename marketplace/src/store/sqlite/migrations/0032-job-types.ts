import type { Migration } from './index.ts';

const typeOfSpec = `
  CASE json_extract(spec, '$.workload.kind')
    WHEN 'script' THEN json_extract(spec, '$.workload.language')
    ELSE json_extract(spec, '$.workload.kind') END`;

/**
 * Jobs are counted by what they run, too. The column is null for jobs that were over before: those
 * never change, and so does their count.
 */
export const jobTypes: Migration = {
  name: 'job-types',
  sql: `
ALTER TABLE jobs ADD COLUMN type TEXT;
UPDATE jobs SET type = (SELECT ${typeOfSpec} FROM job_specs WHERE job_specs.job_id = jobs.job_id)
  WHERE state IN ('awaiting_funds', 'queued', 'assigned', 'running');

DROP TRIGGER jobs_counted;
DROP TRIGGER jobs_recounted;
DROP TABLE job_counts;
CREATE TABLE job_counts (
  state TEXT NOT NULL,
  type TEXT NOT NULL,
  jobs INTEGER NOT NULL CHECK (jobs >= 0),
  PRIMARY KEY (state, type)
) STRICT, WITHOUT ROWID;
INSERT INTO job_counts (state, type, jobs)
  SELECT state, COALESCE(${typeOfSpec}, 'container') AS of_spec, count(*)
  FROM jobs LEFT JOIN job_specs USING (job_id) GROUP BY state, of_spec;
CREATE TRIGGER jobs_counted AFTER INSERT ON jobs BEGIN
  INSERT INTO job_counts (state, type, jobs) VALUES (NEW.state, COALESCE(NEW.type, 'container'), 1)
    ON CONFLICT (state, type) DO UPDATE SET jobs = jobs + 1;
  INSERT INTO account_jobs (account_id, asset, jobs_open, held)
    VALUES (NEW.account_id, NEW.asset, NOT NEW.over, iif(NEW.settlement = 'held', NEW.price, 0))
    ON CONFLICT (account_id, asset) DO UPDATE
    SET jobs_open = jobs_open + excluded.jobs_open, held = held + excluded.held;
END;
CREATE TRIGGER jobs_recounted AFTER UPDATE OF state ON jobs WHEN OLD.state <> NEW.state BEGIN
  UPDATE job_counts SET jobs = jobs - 1
    WHERE state = OLD.state AND type = COALESCE(OLD.type, 'container');
  INSERT INTO job_counts (state, type, jobs) VALUES (NEW.state, COALESCE(NEW.type, 'container'), 1)
    ON CONFLICT (state, type) DO UPDATE SET jobs = jobs + 1;
END;
`,
};
