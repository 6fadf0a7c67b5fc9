import type { Migration } from './index.ts';

/**
 * Which agents failed a job, what it waits for, which result it reuses and which job it repeats. A
 * job that others wait for is put on the list of `dependency_work` together with its end; a worker
 * takes it off again, so a crash in between loses nothing.
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
CREATE INDEX jobs_by_cache_key ON jobs (account_id, cache_key, finished_at_ms)
  WHERE state = 'succeeded' AND cached_from IS NULL AND cache_key IS NOT NULL;

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
CREATE INDEX job_dependencies_open ON job_dependencies (needed_job_id, job_id)
  WHERE state = 'open';
CREATE TRIGGER job_dependencies_settled_once BEFORE UPDATE ON job_dependencies
WHEN OLD.state <> 'open'
BEGIN SELECT RAISE(ABORT, 'a dependency is settled once'); END;

CREATE TABLE dependency_work (
  needed_job_id TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;

DROP TRIGGER job_specs_final;
UPDATE job_specs SET spec = json_set(spec, '$.after', json('[]'), '$.cache', json('null'),
  '$.limits.progressSec', json('null'), '$.retry.on', json('null'));
CREATE TRIGGER job_specs_final BEFORE UPDATE ON job_specs
BEGIN SELECT RAISE(ABORT, 'a spec never changes'); END;
`,
};
