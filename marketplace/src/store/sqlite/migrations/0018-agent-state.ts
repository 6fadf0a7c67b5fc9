/**
 * What an agent may do is one word with its reason; `enabled` was two of them. Keys get names and an
 * end, so that an old one and its successor can both be valid for a while. Tokens let an operator
 * decide who registers: only their hashes are kept, and each works once.
 */
export const agentState = {
  name: 'agent-state',
  sql: `
ALTER TABLE agents ADD COLUMN state TEXT NOT NULL DEFAULT 'active'
  CHECK (state IN ('active', 'draining', 'paused', 'disabled', 'unregistered'));
ALTER TABLE agents ADD COLUMN state_reason TEXT;
ALTER TABLE agents ADD COLUMN state_until_ms INTEGER;
ALTER TABLE agents ADD COLUMN state_by TEXT;
ALTER TABLE agents ADD COLUMN state_at_ms INTEGER;
UPDATE agents SET state = 'disabled', state_by = 'operator' WHERE enabled = 0;
ALTER TABLE agents DROP COLUMN enabled;

ALTER TABLE api_keys ADD COLUMN name TEXT;
ALTER TABLE api_keys ADD COLUMN expires_at_ms INTEGER;
CREATE INDEX api_keys_by_account ON api_keys (account_id, key_id) WHERE account_id IS NOT NULL;
CREATE INDEX api_keys_by_agent ON api_keys (agent_id, key_id) WHERE agent_id IS NOT NULL;

CREATE TABLE registration_tokens (
  token_id TEXT PRIMARY KEY,
  token_hash TEXT NOT NULL,
  name TEXT,
  wallet TEXT,
  created_at_ms INTEGER NOT NULL,
  expires_at_ms INTEGER NOT NULL,
  used_at_ms INTEGER,
  used_by_agent_id TEXT REFERENCES agents (agent_id),
  revoked_at_ms INTEGER,
  CHECK ((used_at_ms IS NULL) = (used_by_agent_id IS NULL))
) STRICT, WITHOUT ROWID;
CREATE TRIGGER registration_tokens_once BEFORE UPDATE ON registration_tokens
WHEN OLD.used_at_ms IS NOT NULL OR OLD.revoked_at_ms IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a token that was used or revoked never changes'); END;
`,
};
