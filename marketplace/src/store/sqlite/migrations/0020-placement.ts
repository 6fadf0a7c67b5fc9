import type { Migration } from './index.ts';

/** Executions that are stopped for other jobs, and agents that are held for an account. */
export const placement: Migration = {
  name: 'placement',
  sql: `
ALTER TABLE executions ADD COLUMN preempted_at_ms INTEGER;

CREATE TABLE reservations (
  reservation_id TEXT PRIMARY KEY,
  account_id TEXT NOT NULL REFERENCES accounts (account_id),
  agent_ids TEXT NOT NULL,
  from_ms INTEGER NOT NULL,
  until_ms INTEGER NOT NULL CHECK (until_ms > from_ms),
  created_at_ms INTEGER NOT NULL,
  cancelled_at_ms INTEGER
) STRICT;
CREATE INDEX reservations_by_end ON reservations (until_ms) WHERE cancelled_at_ms IS NULL;
CREATE TRIGGER reservations_kept BEFORE DELETE ON reservations
BEGIN SELECT RAISE(ABORT, 'a reservation is cancelled, not deleted'); END;
CREATE TRIGGER reservations_cancelled_once BEFORE UPDATE ON reservations
WHEN OLD.cancelled_at_ms IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a reservation is cancelled once'); END;
`,
};
