import type { Migration } from './index.ts';

/** Keys that secrets are sealed with, encrypted with the operator's. */
export const dataKeys: Migration = {
  name: 'data-keys',
  sql: `
CREATE TABLE data_keys (
  key_id TEXT PRIMARY KEY,
  wrapped_by TEXT NOT NULL,
  wrapped TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL
) STRICT;
`,
};
