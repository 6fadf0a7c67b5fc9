import type { Migration } from './index.ts';

/** SQLite's 40th. */
export const workProgress: Migration = {
  name: 'work-progress',
  sql: 'ALTER TABLE executions ADD COLUMN work_progress TEXT;',
};
