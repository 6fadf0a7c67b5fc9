import { kept } from '../guards.ts';
import type { Migration } from './index.ts';

/** What leaves the treasury, and what was signed for it. */
export const payouts: Migration = {
  name: 'payouts',
  sql: `
CREATE TABLE payout_batches (
  batch_id TEXT PRIMARY KEY,
  asset TEXT NOT NULL CHECK (asset IN ('SOL', 'USDC')),
  receipt_seed TEXT NOT NULL UNIQUE,
  receipt_address TEXT NOT NULL UNIQUE,
  state TEXT NOT NULL CHECK (state IN ('new', 'signed', 'sent', 'voiding', 'void', 'posted', 'reclaimed')),
  cost_lamports BIGINT NOT NULL CHECK (cost_lamports >= 0),
  receipt_rent BIGINT CHECK (receipt_rent >= 0),
  reclaim_signature TEXT,
  created_at_ms BIGINT NOT NULL,
  settled_at_ms BIGINT
);
CREATE INDEX payout_batches_open ON payout_batches (created_at_ms)
  WHERE state IN ('new', 'signed', 'sent', 'voiding');
CREATE INDEX payout_batches_reclaim ON payout_batches (reclaim_signature)
  WHERE reclaim_signature IS NOT NULL;
CREATE INDEX payout_batches_reclaimable ON payout_batches (settled_at_ms)
  WHERE state = 'posted';

CREATE TABLE payouts (
  payout_id TEXT PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('earning', 'withdrawal', 'refund')),
  ledger_account TEXT NOT NULL,
  job_id TEXT,
  execution_id TEXT UNIQUE,
  agent_id TEXT,
  account_id TEXT,
  wallet TEXT NOT NULL,
  asset TEXT NOT NULL CHECK (asset IN ('SOL', 'USDC')),
  amount BIGINT NOT NULL CHECK (amount > 0),
  state TEXT NOT NULL CHECK (state IN
    ('due', 'batched', 'submitted', 'confirmed', 'finalized', 'held', 'cancelled')),
  batch_id TEXT REFERENCES payout_batches (batch_id),
  signature TEXT,
  hold_reason TEXT,
  wait_reason TEXT,
  due_at_ms BIGINT NOT NULL,
  parked_until_ms BIGINT,
  created_at_ms BIGINT NOT NULL,
  finalized_at_ms BIGINT,
  CHECK ((state IN ('due', 'held', 'cancelled')) = (batch_id IS NULL)),
  CHECK ((state = 'finalized') = (finalized_at_ms IS NOT NULL)),
  CHECK ((kind = 'earning') = (job_id IS NOT NULL)),
  CHECK ((kind = 'earning') = (execution_id IS NOT NULL)),
  CHECK ((kind = 'earning') = (agent_id IS NOT NULL))
);
CREATE INDEX payouts_by_account ON payouts (account_id, payout_id) WHERE kind = 'withdrawal';
CREATE INDEX payouts_by_agent ON payouts (agent_id, payout_id) WHERE agent_id IS NOT NULL;
CREATE INDEX payouts_by_batch ON payouts (batch_id, payout_id) WHERE batch_id IS NOT NULL;
CREATE INDEX payouts_due ON payouts (asset, due_at_ms, payout_id)
  WHERE state = 'due' AND parked_until_ms IS NULL;
CREATE INDEX payouts_due_by_wallet ON payouts (wallet, asset) WHERE state = 'due';
CREATE INDEX payouts_finalized ON payouts (payout_id) WHERE state = 'finalized';
CREATE INDEX payouts_parked ON payouts (parked_until_ms)
  WHERE state = 'due' AND parked_until_ms IS NOT NULL;
CREATE FUNCTION payouts_counted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO payout_totals (asset, state, payouts, amount)
    VALUES (NEW.asset, NEW.state, 1, NEW.amount)
    ON CONFLICT (asset, state) DO UPDATE
    SET payouts = payout_totals.payouts + 1, amount = payout_totals.amount + excluded.amount;
  RETURN NULL;
END $$;
CREATE TRIGGER payouts_counted AFTER INSERT ON payouts FOR EACH ROW
  EXECUTE FUNCTION payouts_counted();
CREATE TRIGGER payouts_final BEFORE UPDATE ON payouts FOR EACH ROW
  WHEN (OLD.state IN ('finalized', 'cancelled'))
  EXECUTE FUNCTION refuse('a payout that is over never changes');
${kept('payouts', 'payouts are never deleted')}
CREATE FUNCTION payouts_recounted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE payout_totals SET payouts = payouts - 1, amount = amount - OLD.amount
    WHERE asset = OLD.asset AND state = OLD.state;
  INSERT INTO payout_totals (asset, state, payouts, amount)
    VALUES (NEW.asset, NEW.state, 1, NEW.amount)
    ON CONFLICT (asset, state) DO UPDATE
    SET payouts = payout_totals.payouts + 1, amount = payout_totals.amount + excluded.amount;
  RETURN NULL;
END $$;
CREATE TRIGGER payouts_recounted AFTER UPDATE OF state ON payouts FOR EACH ROW
  WHEN (OLD.state <> NEW.state)
  EXECUTE FUNCTION payouts_recounted();

CREATE TABLE payout_totals (
  asset TEXT NOT NULL,
  state TEXT NOT NULL,
  payouts BIGINT NOT NULL CHECK (payouts >= 0),
  amount BIGINT NOT NULL CHECK (amount >= 0),
  PRIMARY KEY (asset, state)
);

CREATE TABLE payout_attempts (
  signature TEXT PRIMARY KEY,
  batch_id TEXT REFERENCES payout_batches (batch_id),
  kind TEXT NOT NULL CHECK (kind IN ('pay', 'void', 'reclaim')),
  attempt BIGINT NOT NULL,
  raw BYTEA NOT NULL,
  last_valid_block_height BIGINT NOT NULL,
  receipt_rent BIGINT NOT NULL CHECK (receipt_rent >= 0),
  outcome TEXT CHECK (outcome IN ('landed', 'failed', 'expired')),
  created_at_ms BIGINT NOT NULL,
  CHECK ((batch_id IS NULL) = (kind = 'reclaim')),
  UNIQUE (batch_id, kind, attempt)
);
CREATE INDEX payout_attempts_payments ON payout_attempts (created_at_ms) WHERE kind = 'pay';
CREATE INDEX payout_attempts_unresolved ON payout_attempts (created_at_ms) WHERE outcome IS NULL;
${kept('payout_attempts', 'attempts are never deleted')}

CREATE TABLE treasury_signatures (
  signature TEXT PRIMARY KEY,
  purpose TEXT NOT NULL,
  created_at_ms BIGINT NOT NULL
);

CREATE TABLE payout_checkpoint (
  id BIGINT PRIMARY KEY CHECK (id = 1),
  signature TEXT,
  at_ms BIGINT NOT NULL
);

CREATE TABLE payout_lease (
  id BIGINT PRIMARY KEY CHECK (id = 1),
  owner TEXT NOT NULL,
  until_ms BIGINT NOT NULL
);

CREATE TABLE withdrawal_requests (
  account_id TEXT NOT NULL REFERENCES accounts (account_id),
  key TEXT NOT NULL,
  request_hash TEXT NOT NULL,
  payout_id TEXT NOT NULL REFERENCES payouts (payout_id),
  PRIMARY KEY (account_id, key)
);
`,
};
