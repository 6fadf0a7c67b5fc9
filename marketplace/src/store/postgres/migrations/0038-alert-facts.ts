import type { Migration } from './index.ts';

/** SQLite's 50th. */
export const alertFacts: Migration = {
  name: 'alert-facts',
  sql: 'ALTER TABLE alerts ADD COLUMN facts TEXT;',
};
