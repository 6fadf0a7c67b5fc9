import { kept, refusing } from '../guards.ts';
import type { Migration } from './index.ts';

/** Who takes part, how they prove it, and what this database belongs to. */
export const accounts: Migration = {
  name: 'accounts',
  sql: `
${refusing}
CREATE TABLE meta (
  key TEXT PRIMARY KEY,
  value BIGINT NOT NULL
);

CREATE TABLE chain_identity (
  id BIGINT PRIMARY KEY CHECK (id = 1),
  genesis_hash TEXT NOT NULL,
  cluster TEXT NOT NULL
);
CREATE TRIGGER chain_identity_fixed BEFORE UPDATE ON chain_identity FOR EACH ROW
  EXECUTE FUNCTION refuse('a database belongs to one chain for ever');
${kept('chain_identity', 'a database belongs to one chain for ever')}

CREATE TABLE accounts (
  account_id TEXT PRIMARY KEY,
  wallet TEXT UNIQUE,
  name TEXT,
  created_at_ms BIGINT NOT NULL,
  reputation TEXT
);
CREATE UNIQUE INDEX accounts_operator ON accounts ((wallet IS NULL)) WHERE wallet IS NULL;

CREATE TABLE agents (
  agent_id TEXT PRIMARY KEY,
  wallet TEXT NOT NULL,
  name TEXT NOT NULL,
  version TEXT NOT NULL,
  offer TEXT,
  instance_id TEXT,
  last_seen_at_ms BIGINT,
  jobs_succeeded BIGINT NOT NULL CHECK (jobs_succeeded >= 0),
  jobs_failed BIGINT NOT NULL CHECK (jobs_failed >= 0),
  registered_at_ms BIGINT NOT NULL,
  faults_in_row BIGINT NOT NULL DEFAULT 0 CHECK (faults_in_row >= 0),
  last_fault_at_ms BIGINT,
  state TEXT NOT NULL DEFAULT 'active'
    CHECK (state IN ('active', 'draining', 'paused', 'disabled', 'unregistered')),
  state_reason TEXT,
  state_until_ms BIGINT,
  state_by TEXT,
  state_at_ms BIGINT,
  avg_run_sec DOUBLE PRECISION CHECK (avg_run_sec >= 0),
  reputation TEXT,
  rating_count BIGINT NOT NULL DEFAULT 0 CHECK (rating_count >= 0),
  rating_stars BIGINT NOT NULL DEFAULT 0
    CHECK (rating_stars BETWEEN rating_count AND 5 * rating_count)
);

CREATE TABLE api_keys (
  key_id TEXT PRIMARY KEY,
  key_hash TEXT NOT NULL,
  account_id TEXT REFERENCES accounts (account_id),
  agent_id TEXT REFERENCES agents (agent_id),
  created_at_ms BIGINT NOT NULL,
  revoked_at_ms BIGINT,
  name TEXT,
  expires_at_ms BIGINT,
  CHECK ((account_id IS NULL) <> (agent_id IS NULL))
);
CREATE INDEX api_keys_by_account ON api_keys (account_id, key_id) WHERE account_id IS NOT NULL;
CREATE INDEX api_keys_by_agent ON api_keys (agent_id, key_id) WHERE agent_id IS NOT NULL;

CREATE TABLE challenges (
  challenge_id TEXT PRIMARY KEY,
  wallet TEXT NOT NULL,
  purpose TEXT NOT NULL,
  message TEXT NOT NULL,
  expires_at_ms BIGINT NOT NULL
);
CREATE INDEX challenges_expiry ON challenges (expires_at_ms);

CREATE TABLE registration_tokens (
  token_id TEXT PRIMARY KEY,
  token_hash TEXT NOT NULL,
  name TEXT,
  wallet TEXT,
  created_at_ms BIGINT NOT NULL,
  expires_at_ms BIGINT NOT NULL,
  used_at_ms BIGINT,
  used_by_agent_id TEXT REFERENCES agents (agent_id),
  revoked_at_ms BIGINT,
  CHECK ((used_at_ms IS NULL) = (used_by_agent_id IS NULL))
);
CREATE TRIGGER registration_tokens_once BEFORE UPDATE ON registration_tokens FOR EACH ROW
  WHEN (OLD.used_at_ms IS NOT NULL OR OLD.revoked_at_ms IS NOT NULL)
  EXECUTE FUNCTION refuse('a token that was used or revoked never changes');

CREATE TABLE worker_leases (
  name TEXT PRIMARY KEY,
  owner TEXT NOT NULL,
  until_ms BIGINT NOT NULL
);
`,
};
