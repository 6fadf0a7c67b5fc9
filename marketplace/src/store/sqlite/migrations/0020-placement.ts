import type { Migration } from './index.ts';

/** Executions that are stopped for other jobs. */
export const placement: Migration = {
  name: 'placement',
  sql: `
ALTER TABLE executions ADD COLUMN preempted_at_ms INTEGER;
`,
};
