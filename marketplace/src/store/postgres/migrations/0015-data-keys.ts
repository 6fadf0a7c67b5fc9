import type { Migration } from './index.ts';

/** SQLite's 27th. */
export const dataKeys: Migration = {
  name: 'data-keys',
  sql: `
CREATE TABLE data_keys (
  key_id TEXT PRIMARY KEY,
  wrapped_by TEXT NOT NULL,
  wrapped TEXT NOT NULL,
  created_at_ms BIGINT NOT NULL
);
`,
};
