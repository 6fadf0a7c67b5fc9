import type { Migration } from './index.ts';

/**
 * The newest commit of each process that writes, stored by that commit itself: after a connection
 * was lost in a commit, this says whether it happened.
 */
export const writers: Migration = {
  name: 'writers',
  sql: `
CREATE TABLE writer_commits (
  writer_id TEXT PRIMARY KEY,
  commits BIGINT NOT NULL CHECK (commits > 0),
  at_ms BIGINT NOT NULL
) WITH (fillfactor = 50);
`,
};
