import type { Migration } from './index.ts';

/** Files of jobs: what they are called and whose they are. Their bytes lie elsewhere. */
export const artifacts: Migration = {
  name: 'artifacts',
  sql: `
CREATE TABLE artifacts (
  artifact_id TEXT PRIMARY KEY,
  account_id TEXT NOT NULL REFERENCES accounts (account_id),
  job_id TEXT,
  execution_id TEXT,
  attempt INTEGER,
  name TEXT NOT NULL,
  media_type TEXT NOT NULL,
  bytes INTEGER NOT NULL CHECK (bytes >= 0),
  sha256 TEXT,
  part_bytes INTEGER NOT NULL CHECK (part_bytes > 0),
  upload TEXT,
  state TEXT NOT NULL CHECK (state IN ('open', 'complete', 'removing')),
  created_at_ms INTEGER NOT NULL,
  completed_at_ms INTEGER,
  expires_at_ms INTEGER NOT NULL,
  CHECK (state <> 'complete' OR (sha256 IS NOT NULL AND completed_at_ms IS NOT NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX artifacts_by_account ON artifacts (account_id, artifact_id);
CREATE UNIQUE INDEX artifacts_by_name ON artifacts (execution_id, name)
  WHERE execution_id IS NOT NULL AND state <> 'removing';
CREATE INDEX artifacts_by_expiry ON artifacts (expires_at_ms);

CREATE TABLE artifact_parts (
  artifact_id TEXT NOT NULL,
  number INTEGER NOT NULL CHECK (number > 0),
  place INTEGER NOT NULL CHECK (place >= 0),
  bytes INTEGER NOT NULL CHECK (bytes > 0),
  tag TEXT NOT NULL,
  PRIMARY KEY (artifact_id, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE artifact_usage (
  owner TEXT PRIMARY KEY,
  bytes INTEGER NOT NULL CHECK (bytes >= 0),
  files INTEGER NOT NULL CHECK (files >= 0)
) STRICT, WITHOUT ROWID;

CREATE TABLE artifact_links (
  account_id TEXT PRIMARY KEY REFERENCES accounts (account_id),
  version INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
`,
};
