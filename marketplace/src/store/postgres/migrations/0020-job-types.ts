import type { Migration } from './index.ts';

/**
 * PostgreSQL refuses to look into JSON with an escaped U+0000 or half of a surrogate pair anywhere,
 * which specs may have. Without any escape the rest is still JSON, and says the same of the workload.
 */
const withoutEscapes = String.raw`regexp_replace(spec, '\\.', '', 'g')`;

const typesOfSpecs = `
  SELECT job_id, CASE workload ->> 'kind'
    WHEN 'script' THEN workload ->> 'language' ELSE workload ->> 'kind' END AS type
  FROM job_specs, LATERAL (SELECT ${withoutEscapes}::json -> 'workload' AS workload) AS parsed`;

/**
 * SQLite's 32nd. The specs are read before `jobs` is locked: that takes minutes where there are
 * millions, and a type never changes. Those that were posted meanwhile are read under the lock.
 */
export const jobTypes: Migration = {
  name: 'job-types',
  sql: `
CREATE TEMPORARY TABLE types_seen ON COMMIT DROP AS ${typesOfSpecs};
CREATE INDEX ON types_seen (job_id);
ANALYZE types_seen;

ALTER TABLE jobs ADD COLUMN type TEXT;
INSERT INTO types_seen ${typesOfSpecs}
  WHERE NOT EXISTS (SELECT FROM types_seen WHERE types_seen.job_id = job_specs.job_id);
UPDATE jobs SET type = types_seen.type FROM types_seen
  WHERE jobs.job_id = types_seen.job_id
    AND jobs.state IN ('awaiting_funds', 'queued', 'assigned', 'running');

DROP TABLE job_counts;
CREATE TABLE job_counts (
  state TEXT NOT NULL,
  type TEXT NOT NULL,
  jobs BIGINT NOT NULL CHECK (jobs >= 0),
  PRIMARY KEY (state, type)
) WITH (fillfactor = 50);
INSERT INTO job_counts (state, type, jobs)
  SELECT jobs.state, COALESCE(types_seen.type, 'container') AS of_spec, count(*)
  FROM jobs LEFT JOIN types_seen USING (job_id) GROUP BY jobs.state, of_spec;
-- A process of the version before posts without a type.
CREATE OR REPLACE FUNCTION jobs_counted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO job_counts (state, type, jobs) VALUES (NEW.state, COALESCE(NEW.type, 'container'), 1)
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
  UPDATE job_counts SET jobs = jobs - 1
    WHERE state = OLD.state AND type = COALESCE(OLD.type, 'container');
  INSERT INTO job_counts (state, type, jobs) VALUES (NEW.state, COALESCE(NEW.type, 'container'), 1)
    ON CONFLICT (state, type) DO UPDATE SET jobs = job_counts.jobs + 1;
  RETURN NULL;
END $$;
`,
};
