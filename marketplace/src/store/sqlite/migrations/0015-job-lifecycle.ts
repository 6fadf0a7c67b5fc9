import type { Migration } from './index.ts';

/**
 * Which agents failed a job, what it waits for, which result it reuses and which job it repeats. A
 * job that ends puts itself on the list of `dependency_work` where others wait for it; a worker takes
 * it off again, so a crash in between loses nothing.
 */
export const jobLifecycle: Migration = {
  name: 'job-lifecycle',
  sql: `
ALTER TABLE jobs ADD COLUMN failures TEXT;
ALTER TABLE jobs ADD COLUMN dependencies_open INTEGER NOT NULL DEFAULT 0
  CHECK (dependencies_open >= 0);
ALTER TABLE jobs ADD COLUMN rerun_of TEXT;
ALTER TABLE jobs ADD COLUMN cached_from TEXT;
ALTER TABLE jobs ADD COLUMN cache_key TEXT;

ALTER TABLE executions ADD COLUMN run_deadline_ms INTEGER;
ALTER TABLE executions ADD COLUMN progress_ms INTEGER CHECK (progress_ms > 0);

ALTER TABLE agents ADD COLUMN faults_in_row INTEGER NOT NULL DEFAULT 0 CHECK (faults_in_row >= 0);
ALTER TABLE agents ADD COLUMN last_fault_at_ms INTEGER;

CREATE TABLE job_dependencies (
  job_id TEXT NOT NULL REFERENCES jobs (job_id),
  needed_job_id TEXT NOT NULL,
  condition TEXT NOT NULL CHECK (condition IN ('succeeded', 'ended')),
  state TEXT NOT NULL CHECK (state IN ('open', 'met', 'failed')),
  PRIMARY KEY (job_id, needed_job_id)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER job_dependencies_settled_once BEFORE UPDATE ON job_dependencies
WHEN OLD.state <> 'open'
BEGIN SELECT RAISE(ABORT, 'a dependency is settled once'); END;

CREATE TABLE dependency_work (
  needed_job_id TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;
CREATE TRIGGER jobs_awaited AFTER UPDATE OF state ON jobs
WHEN NEW.over = 1 AND OLD.over = 0 AND EXISTS (SELECT 1 FROM job_dependencies
  WHERE needed_job_id = NEW.job_id AND state = 'open')
BEGIN INSERT INTO dependency_work (needed_job_id) VALUES (NEW.job_id); END;

DROP TRIGGER job_specs_final;
UPDATE job_specs SET spec = json_set(spec, '$.after', json('[]'), '$.cache', json('null'),
  '$.limits.progressSec', json('null'), '$.retry.on', json('null'));
CREATE TRIGGER job_specs_final BEFORE UPDATE ON job_specs
BEGIN SELECT RAISE(ABORT, 'a spec never changes'); END;
`,
};
