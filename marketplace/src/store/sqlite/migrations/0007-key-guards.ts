/** What keeps a key from doing too much, or on the wrong chain. */
export const keyGuards = {
  name: 'key-guards',
  sql: `
CREATE INDEX payout_attempts_payments ON payout_attempts (created_at_ms) WHERE kind = 'pay';

CREATE TABLE chain_identity (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  genesis_hash TEXT NOT NULL,
  cluster TEXT NOT NULL
) STRICT;
CREATE TRIGGER chain_identity_fixed BEFORE UPDATE ON chain_identity
BEGIN SELECT RAISE(ABORT, 'a database belongs to one chain for ever'); END;
CREATE TRIGGER chain_identity_kept BEFORE DELETE ON chain_identity
BEGIN SELECT RAISE(ABORT, 'a database belongs to one chain for ever'); END;
`,
};
