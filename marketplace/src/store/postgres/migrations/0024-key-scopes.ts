import type { Migration } from './index.ts';

/** SQLite's 36th. */
export const keyScopes: Migration = {
  name: 'key-scopes',
  sql: `
ALTER TABLE api_keys ADD COLUMN kind TEXT NOT NULL DEFAULT 'key';
ALTER TABLE api_keys ADD COLUMN scopes TEXT;
ALTER TABLE api_keys ADD COLUMN ends_at_ms BIGINT;
ALTER TABLE api_keys ADD COLUMN last_used_at_ms BIGINT;
`,
};
