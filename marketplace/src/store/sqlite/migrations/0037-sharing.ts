import type { Migration } from './index.ts';

/** Scripts that are kept, and links that show a job to whoever has them. */
export const sharing: Migration = {
  name: 'sharing',
  sql: `
CREATE TABLE snippets (
  snippet_id TEXT PRIMARY KEY,
  account_id TEXT NOT NULL REFERENCES accounts (account_id),
  name TEXT NOT NULL,
  description TEXT,
  language TEXT NOT NULL,
  code TEXT NOT NULL,
  code_bytes INTEGER NOT NULL CHECK (code_bytes > 0),
  defaults TEXT NOT NULL,
  version INTEGER NOT NULL CHECK (version > 0),
  created_at_ms INTEGER NOT NULL,
  updated_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX snippets_by_name ON snippets (account_id, name);

CREATE TABLE job_links (
  link_id TEXT PRIMARY KEY,
  account_id TEXT NOT NULL REFERENCES accounts (account_id),
  job_id TEXT NOT NULL REFERENCES jobs (job_id),
  shows TEXT NOT NULL,
  artifact_id TEXT,
  created_at_ms INTEGER NOT NULL,
  expires_at_ms INTEGER NOT NULL,
  uses_max INTEGER CHECK (uses_max > 0),
  uses INTEGER NOT NULL CHECK (uses >= 0 AND (uses_max IS NULL OR uses <= uses_max)),
  last_used_at_ms INTEGER,
  revoked_at_ms INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX job_links_by_job ON job_links (job_id, link_id);
CREATE INDEX job_links_of_account ON job_links (account_id) WHERE revoked_at_ms IS NULL;
`,
};
