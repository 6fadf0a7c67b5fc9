import type { Migration } from './index.ts';

/** How far a job is by the word of its agent. */
export const workProgress: Migration = {
  name: 'work-progress',
  sql: 'ALTER TABLE executions ADD COLUMN work_progress TEXT;',
};
