import type { Migration } from './index.ts';

const typeOfSpec = `
  CASE spec::json -> 'workload' ->> 'kind'
    WHEN 'script' THEN spec::json -> 'workload' ->> 'language'
    ELSE spec::json -> 'workload' ->> 'kind' END`;

/** SQLite's 32nd. */
export const jobTypes: Migration = {
  name: 'job-types',
  sql: `
ALTER TABLE jobs ADD COLUMN type TEXT;
UPDATE jobs SET type = (SELECT ${typeOfSpec} FROM job_specs WHERE job_specs.job_id = jobs.job_id)
  WHERE state IN ('awaiting_funds', 'queued', 'assigned', 'running');

DROP TABLE job_counts;
CREATE TABLE job_counts (
  state TEXT NOT NULL,
  type TEXT NOT NULL,
  jobs BIGINT NOT NULL CHECK (jobs >= 0),
  PRIMARY KEY (state, type)
) WITH (fillfactor = 50);
INSERT INTO job_counts (state, type, jobs)
  SELECT state, ${typeOfSpec} AS of_spec, count(*) FROM jobs JOIN job_specs USING (job_id)
  GROUP BY state, of_spec;
CREATE OR REPLACE FUNCTION jobs_counted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO job_counts (state, type, jobs) VALUES (NEW.state, NEW.type, 1)
    ON CONFLICT (state, type) DO UPDATE SET jobs = job_counts.jobs + 1;
  INSERT INTO account_jobs (account_id, asset, jobs_open, held)
    VALUES (NEW.account_id, NEW.asset, 1 - NEW.over,
      CASE WHEN NEW.settlement = 'held' THEN NEW.price ELSE 0 END)
    ON CONFLICT (account_id, asset) DO UPDATE
    SET jobs_open = account_jobs.jobs_open + excluded.jobs_open,
        held = account_jobs.held + excluded.held;
  RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION jobs_recounted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE job_counts SET jobs = jobs - 1 WHERE state = OLD.state AND type = OLD.type;
  INSERT INTO job_counts (state, type, jobs) VALUES (NEW.state, NEW.type, 1)
    ON CONFLICT (state, type) DO UPDATE SET jobs = job_counts.jobs + 1;
  RETURN NULL;
END $$;
`,
};
