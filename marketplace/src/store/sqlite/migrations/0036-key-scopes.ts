import type { Migration } from './index.ts';

/** What each key may do, until when, and when it was last used. */
export const keyScopes: Migration = {
  name: 'key-scopes',
  sql: `
ALTER TABLE api_keys ADD COLUMN kind TEXT NOT NULL DEFAULT 'key';
ALTER TABLE api_keys ADD COLUMN scopes TEXT;
ALTER TABLE api_keys ADD COLUMN ends_at_ms INTEGER;
ALTER TABLE api_keys ADD COLUMN last_used_at_ms INTEGER;
`,
};
