import type { Migration } from './index.ts';

/** What executions used of processor, memory and GPU: one row each, written when they are over. */
export const executionUsage: Migration = {
  name: 'execution-usage',
  sql: `
CREATE TABLE execution_usage (
  execution_id TEXT PRIMARY KEY REFERENCES executions (execution_id),
  usage TEXT NOT NULL,
  recorded_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
`,
};
