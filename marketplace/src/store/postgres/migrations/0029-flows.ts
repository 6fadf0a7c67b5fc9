import type { Migration } from './index.ts';

/** SQLite's 41st. */
export const flows: Migration = {
  name: 'flows',
  sql: `
CREATE TABLE flows (
  flow_id TEXT PRIMARY KEY,
  account_id TEXT NOT NULL REFERENCES accounts (account_id),
  name TEXT NOT NULL,
  version BIGINT NOT NULL CHECK (version > 0),
  project TEXT,
  created_at_ms BIGINT NOT NULL,
  updated_at_ms BIGINT NOT NULL
);
CREATE INDEX flows_by_account ON flows (account_id, flow_id);

CREATE TABLE flow_versions (
  flow_id TEXT NOT NULL REFERENCES flows (flow_id),
  version BIGINT NOT NULL CHECK (version > 0),
  name TEXT NOT NULL,
  graph TEXT NOT NULL,
  sealed TEXT NOT NULL,
  created_at_ms BIGINT NOT NULL,
  PRIMARY KEY (flow_id, version)
);

CREATE TABLE flow_runs (
  run_id TEXT PRIMARY KEY,
  account_id TEXT NOT NULL REFERENCES accounts (account_id),
  api_key_id TEXT,
  flow_id TEXT,
  flow_version BIGINT,
  project TEXT,
  state TEXT NOT NULL
    CHECK (state IN ('pending', 'running', 'completed', 'error', 'cancelled', 'timeout')),
  graph TEXT NOT NULL,
  input TEXT NOT NULL,
  sealed TEXT NOT NULL,
  error TEXT,
  timeout_sec BIGINT NOT NULL CHECK (timeout_sec > 0),
  rerun_of TEXT,
  idempotency_key TEXT,
  request_hash TEXT,
  owner TEXT NOT NULL,
  token BIGINT NOT NULL CHECK (token > 0),
  open BIGINT NOT NULL CHECK (open IN (0, 1)),
  created_at_ms BIGINT NOT NULL,
  ended_at_ms BIGINT CHECK ((ended_at_ms IS NULL) = (state IN ('pending', 'running')))
);
CREATE INDEX flow_runs_by_account ON flow_runs (account_id, run_id);
CREATE INDEX flow_runs_open ON flow_runs (account_id) WHERE open = 1;
CREATE UNIQUE INDEX flow_runs_by_idempotency ON flow_runs (account_id, idempotency_key)
  WHERE idempotency_key IS NOT NULL;

CREATE TABLE flow_steps (
  run_id TEXT NOT NULL REFERENCES flow_runs (run_id),
  node_id TEXT NOT NULL,
  position BIGINT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('pending', 'running', 'completed', 'error', 'skipped')),
  branch TEXT,
  input TEXT,
  output TEXT,
  error TEXT,
  job_id TEXT,
  taken_from TEXT,
  started_at_ms BIGINT,
  ended_at_ms BIGINT,
  PRIMARY KEY (run_id, node_id)
);
CREATE TRIGGER flow_runs_final BEFORE UPDATE ON flow_runs FOR EACH ROW
  WHEN (OLD.state NOT IN ('pending', 'running') AND NEW.state <> OLD.state)
  EXECUTE FUNCTION refuse('a run that is over never changes');
CREATE TRIGGER flow_steps_final BEFORE UPDATE ON flow_steps FOR EACH ROW
  WHEN (OLD.state IN ('completed', 'error', 'skipped'))
  EXECUTE FUNCTION refuse('a step that is over never changes');
`,
};
