import type { Migration } from './index.ts';

/** When artifacts were removed, and why. */
export const artifactRemovals: Migration = {
  name: 'artifact-removals',
  sql: `
CREATE TABLE artifact_removals (
  artifact_id TEXT PRIMARY KEY,
  account_id TEXT NOT NULL REFERENCES accounts (account_id),
  job_id TEXT,
  execution_id TEXT,
  attempt INTEGER,
  name TEXT NOT NULL,
  media_type TEXT NOT NULL,
  bytes INTEGER NOT NULL CHECK (bytes >= 0),
  sha256 TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL,
  removed_at_ms INTEGER NOT NULL,
  reason TEXT NOT NULL CHECK (reason IN ('expired', 'deleted', 'replaced'))
) STRICT, WITHOUT ROWID;
CREATE INDEX artifact_removals_by_account ON artifact_removals (account_id, artifact_id);
CREATE INDEX artifact_removals_by_execution ON artifact_removals (execution_id, name)
  WHERE execution_id IS NOT NULL;
CREATE INDEX artifact_removals_by_time ON artifact_removals (removed_at_ms);
`,
};
