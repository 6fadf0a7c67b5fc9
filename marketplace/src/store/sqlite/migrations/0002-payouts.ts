/** Tables of the payout engine. Amounts are base units, times milliseconds since the epoch. */
export const payouts = {
  name: 'payouts',
  sql: `
CREATE TABLE payout_batches (
  batch_id TEXT PRIMARY KEY,
  asset TEXT NOT NULL CHECK (asset IN ('SOL', 'USDC')),
  receipt_seed TEXT NOT NULL UNIQUE,
  receipt_address TEXT NOT NULL UNIQUE,
  state TEXT NOT NULL CHECK (state IN ('new', 'signed', 'sent', 'voiding', 'void', 'posted', 'reclaimed')),
  cost_lamports INTEGER NOT NULL CHECK (cost_lamports >= 0),
  receipt_rent INTEGER CHECK (receipt_rent >= 0),
  reclaim_signature TEXT,
  created_at_ms INTEGER NOT NULL,
  settled_at_ms INTEGER
) STRICT;
CREATE INDEX payout_batches_open ON payout_batches (created_at_ms)
  WHERE state IN ('new', 'signed', 'sent', 'voiding');
CREATE INDEX payout_batches_reclaimable ON payout_batches (settled_at_ms)
  WHERE state = 'posted';
CREATE INDEX payout_batches_reclaim ON payout_batches (reclaim_signature)
  WHERE reclaim_signature IS NOT NULL;

CREATE TABLE payouts (
  payout_id TEXT PRIMARY KEY,
  job_id TEXT NOT NULL,
  execution_id TEXT NOT NULL UNIQUE,
  agent_id TEXT NOT NULL,
  account_id TEXT,
  wallet TEXT NOT NULL,
  asset TEXT NOT NULL CHECK (asset IN ('SOL', 'USDC')),
  amount INTEGER NOT NULL CHECK (amount > 0),
  state TEXT NOT NULL CHECK (state IN ('due', 'batched', 'submitted', 'confirmed', 'finalized', 'held')),
  batch_id TEXT REFERENCES payout_batches (batch_id),
  signature TEXT,
  hold_reason TEXT,
  created_at_ms INTEGER NOT NULL,
  finalized_at_ms INTEGER,
  CHECK ((state IN ('due', 'held')) = (batch_id IS NULL)),
  CHECK ((state = 'finalized') = (finalized_at_ms IS NOT NULL))
) STRICT;
CREATE INDEX payouts_due ON payouts (asset, payout_id) WHERE state = 'due';
CREATE INDEX payouts_by_job ON payouts (job_id, payout_id);
CREATE INDEX payouts_by_agent ON payouts (agent_id, payout_id);
CREATE INDEX payouts_by_batch ON payouts (batch_id, payout_id) WHERE batch_id IS NOT NULL;
CREATE INDEX payouts_by_state ON payouts (state);
CREATE TRIGGER payouts_final BEFORE UPDATE ON payouts WHEN OLD.state = 'finalized'
BEGIN SELECT RAISE(ABORT, 'a finalized payout never changes'); END;
CREATE TRIGGER payouts_kept BEFORE DELETE ON payouts
BEGIN SELECT RAISE(ABORT, 'payouts are never deleted'); END;

CREATE TABLE payout_attempts (
  signature TEXT PRIMARY KEY,
  batch_id TEXT REFERENCES payout_batches (batch_id),
  kind TEXT NOT NULL CHECK (kind IN ('pay', 'void', 'reclaim')),
  attempt INTEGER NOT NULL,
  raw BLOB NOT NULL,
  last_valid_block_height INTEGER NOT NULL,
  receipt_rent INTEGER NOT NULL CHECK (receipt_rent >= 0),
  outcome TEXT CHECK (outcome IN ('landed', 'failed', 'expired')),
  created_at_ms INTEGER NOT NULL,
  CHECK ((batch_id IS NULL) = (kind = 'reclaim')),
  UNIQUE (batch_id, kind, attempt)
) STRICT;
CREATE INDEX payout_attempts_unresolved ON payout_attempts (created_at_ms) WHERE outcome IS NULL;
CREATE TRIGGER payout_attempts_kept BEFORE DELETE ON payout_attempts
BEGIN SELECT RAISE(ABORT, 'attempts are never deleted'); END;

CREATE TABLE treasury_signatures (
  signature TEXT PRIMARY KEY,
  purpose TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE payout_checkpoint (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  signature TEXT,
  at_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE payout_lease (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  owner TEXT NOT NULL,
  until_ms INTEGER NOT NULL
) STRICT;
`,
};
