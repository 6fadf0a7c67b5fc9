import type { Migration } from './index.ts';

/** SQLite's 43rd. */
export const executionUsage: Migration = {
  name: 'execution-usage',
  sql: `
CREATE TABLE execution_usage (
  execution_id TEXT PRIMARY KEY REFERENCES executions (execution_id),
  usage TEXT NOT NULL,
  recorded_at_ms BIGINT NOT NULL
);
`,
};
