import type { Migration } from './index.ts';

/**
 * Amounts are base units, times milliseconds since the epoch. Specs stand apart from jobs, because
 * a job row is rewritten at every step of its life and a spec can be large. The counters
 * (`job_counts`, `account_jobs`, `balances`, `balance_totals`) change in the same transaction as
 * what they count, so that no answer needs to walk over history.
 */
export const initialSchema: Migration = {
  name: 'initial-schema',
  sql: `
CREATE TABLE meta (
  key TEXT PRIMARY KEY,
  value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE accounts (
  account_id TEXT PRIMARY KEY,
  wallet TEXT UNIQUE,
  name TEXT,
  created_at_ms INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX accounts_operator ON accounts ((wallet IS NULL)) WHERE wallet IS NULL;

CREATE TABLE agents (
  agent_id TEXT PRIMARY KEY,
  wallet TEXT NOT NULL,
  name TEXT NOT NULL,
  version TEXT NOT NULL,
  enabled INTEGER NOT NULL CHECK (enabled IN (0, 1)),
  offer TEXT,
  instance_id TEXT,
  last_seen_at_ms INTEGER,
  jobs_succeeded INTEGER NOT NULL CHECK (jobs_succeeded >= 0),
  jobs_failed INTEGER NOT NULL CHECK (jobs_failed >= 0),
  registered_at_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE api_keys (
  key_id TEXT PRIMARY KEY,
  key_hash TEXT NOT NULL,
  account_id TEXT REFERENCES accounts (account_id),
  agent_id TEXT REFERENCES agents (agent_id),
  created_at_ms INTEGER NOT NULL,
  revoked_at_ms INTEGER,
  CHECK ((account_id IS NULL) <> (agent_id IS NULL))
) STRICT, WITHOUT ROWID;

CREATE TABLE challenges (
  challenge_id TEXT PRIMARY KEY,
  wallet TEXT NOT NULL,
  purpose TEXT NOT NULL,
  message TEXT NOT NULL,
  expires_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX challenges_expiry ON challenges (expires_at_ms);

CREATE TABLE jobs (
  job_id TEXT PRIMARY KEY,
  account_id TEXT NOT NULL REFERENCES accounts (account_id),
  state TEXT NOT NULL CHECK (state IN ('awaiting_funds', 'queued', 'assigned', 'running',
    'succeeded', 'failed', 'cancelled', 'timed_out', 'expired')),
  reason TEXT,
  fault TEXT,
  priority TEXT NOT NULL,
  asset TEXT NOT NULL CHECK (asset IN ('SOL', 'USDC')),
  price INTEGER NOT NULL CHECK (price >= 0),
  attempt INTEGER NOT NULL CHECK (attempt >= 0),
  execution_id TEXT,
  agent_id TEXT,
  not_before_ms INTEGER,
  queue_deadline_ms INTEGER NOT NULL,
  cancel_requested_at_ms INTEGER,
  settlement TEXT NOT NULL CHECK (settlement IN ('none', 'held', 'captured', 'released', 'split')),
  charged INTEGER CHECK (charged >= 0),
  provider_share INTEGER CHECK (provider_share >= 0),
  fee INTEGER CHECK (fee >= 0),
  refund INTEGER CHECK (refund >= 0),
  exit_code INTEGER,
  log_lines INTEGER NOT NULL CHECK (log_lines >= 0),
  log_bytes INTEGER NOT NULL CHECK (log_bytes >= 0),
  created_at_ms INTEGER NOT NULL,
  queued_at_ms INTEGER,
  started_at_ms INTEGER,
  finished_at_ms INTEGER,
  output TEXT,
  over INTEGER GENERATED ALWAYS AS
    (state IN ('succeeded', 'failed', 'cancelled', 'timed_out', 'expired')) VIRTUAL
) STRICT;
CREATE INDEX jobs_by_account ON jobs (account_id, state, job_id);
CREATE INDEX jobs_by_state ON jobs (state, job_id);
CREATE INDEX jobs_by_queue_deadline ON jobs (queue_deadline_ms)
  WHERE state IN ('awaiting_funds', 'queued');
CREATE TRIGGER jobs_final BEFORE UPDATE ON jobs WHEN OLD.over = 1
BEGIN SELECT RAISE(ABORT, 'a job that is over never changes'); END;
CREATE TRIGGER jobs_kept BEFORE DELETE ON jobs
BEGIN SELECT RAISE(ABORT, 'jobs are never deleted'); END;

CREATE TABLE job_specs (
  job_id TEXT PRIMARY KEY REFERENCES jobs (job_id),
  spec TEXT NOT NULL
) STRICT;
CREATE TRIGGER job_specs_final BEFORE UPDATE ON job_specs
BEGIN SELECT RAISE(ABORT, 'a spec never changes'); END;

CREATE TABLE job_counts (
  state TEXT PRIMARY KEY,
  jobs INTEGER NOT NULL CHECK (jobs >= 0)
) STRICT, WITHOUT ROWID;

CREATE TABLE account_jobs (
  account_id TEXT NOT NULL,
  asset TEXT NOT NULL,
  jobs_open INTEGER NOT NULL CHECK (jobs_open >= 0),
  held INTEGER NOT NULL CHECK (held >= 0),
  PRIMARY KEY (account_id, asset)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER jobs_counted AFTER INSERT ON jobs BEGIN
  INSERT INTO job_counts (state, jobs) VALUES (NEW.state, 1)
    ON CONFLICT (state) DO UPDATE SET jobs = jobs + 1;
  INSERT INTO account_jobs (account_id, asset, jobs_open, held)
    VALUES (NEW.account_id, NEW.asset, NOT NEW.over, iif(NEW.settlement = 'held', NEW.price, 0))
    ON CONFLICT (account_id, asset) DO UPDATE
    SET jobs_open = jobs_open + excluded.jobs_open, held = held + excluded.held;
END;
CREATE TRIGGER jobs_recounted AFTER UPDATE OF state, settlement ON jobs
WHEN OLD.state <> NEW.state OR OLD.settlement <> NEW.settlement BEGIN
  UPDATE job_counts SET jobs = jobs - 1 WHERE state = OLD.state;
  INSERT INTO job_counts (state, jobs) VALUES (NEW.state, 1)
    ON CONFLICT (state) DO UPDATE SET jobs = jobs + 1;
  UPDATE account_jobs
    SET jobs_open = jobs_open + OLD.over - NEW.over,
        held = held + NEW.price * ((NEW.settlement = 'held') - (OLD.settlement = 'held'))
    WHERE account_id = NEW.account_id AND asset = NEW.asset;
END;

CREATE TABLE executions (
  execution_id TEXT PRIMARY KEY,
  job_id TEXT NOT NULL REFERENCES jobs (job_id),
  attempt INTEGER NOT NULL CHECK (attempt > 0),
  agent_id TEXT NOT NULL REFERENCES agents (agent_id),
  agent_name TEXT NOT NULL,
  claim_id TEXT NOT NULL,
  lease_hash TEXT NOT NULL,
  lease_until_ms INTEGER NOT NULL,
  accept_by_ms INTEGER,
  deadline_ms INTEGER,
  state TEXT NOT NULL CHECK (state IN ('leased', 'preparing', 'running', 'collecting',
    'succeeded', 'failed', 'timed_out', 'cancelled', 'lost')),
  reason TEXT,
  detail TEXT,
  devices TEXT NOT NULL,
  isolation TEXT,
  image_digest TEXT,
  exit_code INTEGER,
  run_ms REAL,
  peak_memory_bytes REAL,
  result_hash TEXT,
  log_seq INTEGER NOT NULL CHECK (log_seq >= 0),
  leased_at_ms INTEGER NOT NULL,
  started_at_ms INTEGER,
  finished_at_ms INTEGER,
  live INTEGER GENERATED ALWAYS AS
    (state IN ('leased', 'preparing', 'running', 'collecting')) VIRTUAL,
  UNIQUE (job_id, attempt)
) STRICT;
CREATE UNIQUE INDEX executions_of_job_live ON executions (job_id) WHERE live = 1;
CREATE INDEX executions_by_claim ON executions (agent_id, claim_id);
CREATE UNIQUE INDEX executions_by_claim_live ON executions (agent_id, claim_id) WHERE live = 1;
CREATE INDEX executions_by_lease ON executions (lease_until_ms) WHERE live = 1;
CREATE INDEX executions_by_accept ON executions (accept_by_ms)
  WHERE live = 1 AND accept_by_ms IS NOT NULL;
CREATE INDEX executions_by_deadline ON executions (deadline_ms)
  WHERE live = 1 AND deadline_ms IS NOT NULL;
CREATE TRIGGER executions_final BEFORE UPDATE ON executions WHEN OLD.live = 0
BEGIN SELECT RAISE(ABORT, 'an execution that is over never changes'); END;
CREATE TRIGGER executions_kept BEFORE DELETE ON executions
BEGIN SELECT RAISE(ABORT, 'executions are never deleted'); END;

CREATE TABLE execution_devices (
  agent_id TEXT NOT NULL,
  device_id TEXT NOT NULL,
  execution_id TEXT NOT NULL REFERENCES executions (execution_id),
  PRIMARY KEY (agent_id, device_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX execution_devices_by_execution ON execution_devices (execution_id);
CREATE TRIGGER executions_free_devices AFTER UPDATE OF state ON executions WHEN NEW.live = 0
BEGIN DELETE FROM execution_devices WHERE execution_id = NEW.execution_id; END;

CREATE TABLE log_chunks (
  job_id TEXT NOT NULL REFERENCES jobs (job_id),
  seq_last INTEGER NOT NULL,
  seq_first INTEGER NOT NULL CHECK (seq_first > 0 AND seq_first <= seq_last),
  attempt INTEGER NOT NULL,
  streams INTEGER NOT NULL,
  body TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX log_chunks_by_seq ON log_chunks (job_id, seq_last);

CREATE TABLE events (
  seq INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  actor TEXT NOT NULL,
  account_id TEXT,
  job_id TEXT,
  execution_id TEXT,
  reason TEXT,
  data TEXT NOT NULL
) STRICT;
CREATE INDEX events_by_job ON events (job_id, seq) WHERE job_id IS NOT NULL;
CREATE TRIGGER events_final BEFORE UPDATE ON events
BEGIN SELECT RAISE(ABORT, 'events never change'); END;
CREATE TRIGGER events_kept BEFORE DELETE ON events
BEGIN SELECT RAISE(ABORT, 'events are never deleted'); END;

CREATE TABLE transfers (
  entry INTEGER PRIMARY KEY,
  transfer_id TEXT NOT NULL UNIQUE,
  debit TEXT NOT NULL,
  credit TEXT NOT NULL,
  asset TEXT NOT NULL CHECK (asset IN ('SOL', 'USDC')),
  amount INTEGER NOT NULL CHECK (amount > 0),
  kind TEXT NOT NULL,
  ref TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  CHECK (debit <> credit)
) STRICT;
CREATE TRIGGER transfers_final BEFORE UPDATE ON transfers
BEGIN SELECT RAISE(ABORT, 'transfers never change'); END;
CREATE TRIGGER transfers_kept BEFORE DELETE ON transfers
BEGIN SELECT RAISE(ABORT, 'transfers are never deleted'); END;

CREATE TABLE balances (
  account TEXT NOT NULL,
  asset TEXT NOT NULL,
  side TEXT NOT NULL CHECK (side IN ('debit', 'credit')),
  debits INTEGER NOT NULL CHECK (debits >= 0),
  credits INTEGER NOT NULL CHECK (credits >= 0),
  PRIMARY KEY (account, asset),
  CHECK (iif(side = 'debit', debits - credits, credits - debits) >= 0)
) STRICT, WITHOUT ROWID;

CREATE TABLE balance_totals (
  class TEXT NOT NULL,
  asset TEXT NOT NULL,
  side TEXT NOT NULL CHECK (side IN ('debit', 'credit')),
  debits INTEGER NOT NULL CHECK (debits >= 0),
  credits INTEGER NOT NULL CHECK (credits >= 0),
  PRIMARY KEY (class, asset),
  CHECK (iif(side = 'debit', debits - credits, credits - debits) >= 0)
) STRICT, WITHOUT ROWID;

CREATE TABLE deposits (
  signature TEXT PRIMARY KEY,
  account_id TEXT NOT NULL REFERENCES accounts (account_id),
  credited TEXT NOT NULL,
  credited_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE idempotency (
  account_id TEXT NOT NULL REFERENCES accounts (account_id),
  key TEXT NOT NULL,
  request_hash TEXT NOT NULL,
  job_id TEXT NOT NULL,
  PRIMARY KEY (account_id, key)
) STRICT, WITHOUT ROWID;
`,
};
