/**
 * Payouts of every kind in one table: what agents earned, what users withdraw, what is sent back.
 * Each names the ledger account that it empties. `due_at_ms` is when it may leave at the earliest;
 * a parked payout waits for more of its wallet (or for time), so that it blocks nobody behind it.
 */
export const payoutKinds = {
  name: 'payout-kinds',
  sql: `
CREATE TABLE payouts_next (
  payout_id TEXT PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('earning', 'withdrawal', 'refund')),
  ledger_account TEXT NOT NULL,
  job_id TEXT,
  execution_id TEXT UNIQUE,
  agent_id TEXT,
  account_id TEXT,
  wallet TEXT NOT NULL,
  asset TEXT NOT NULL CHECK (asset IN ('SOL', 'USDC')),
  amount INTEGER NOT NULL CHECK (amount > 0),
  state TEXT NOT NULL CHECK (state IN
    ('due', 'batched', 'submitted', 'confirmed', 'finalized', 'held', 'cancelled')),
  batch_id TEXT REFERENCES payout_batches (batch_id),
  signature TEXT,
  hold_reason TEXT,
  wait_reason TEXT,
  due_at_ms INTEGER NOT NULL,
  parked_until_ms INTEGER,
  created_at_ms INTEGER NOT NULL,
  finalized_at_ms INTEGER,
  CHECK ((state IN ('due', 'held', 'cancelled')) = (batch_id IS NULL)),
  CHECK ((state = 'finalized') = (finalized_at_ms IS NOT NULL)),
  CHECK ((kind = 'earning') = (job_id IS NOT NULL)),
  CHECK ((kind = 'earning') = (execution_id IS NOT NULL)),
  CHECK ((kind = 'earning') = (agent_id IS NOT NULL))
) STRICT;
INSERT INTO payouts_next (payout_id, kind, ledger_account, job_id, execution_id, agent_id,
    account_id, wallet, asset, amount, state, batch_id, signature, hold_reason, due_at_ms,
    created_at_ms, finalized_at_ms)
  SELECT payout_id, 'earning', 'provider:' || agent_id || ':payable', job_id, execution_id, agent_id,
    account_id, wallet, asset, amount, state, batch_id, signature, hold_reason, created_at_ms,
    created_at_ms, finalized_at_ms
  FROM payouts;
DROP TABLE payouts;
ALTER TABLE payouts_next RENAME TO payouts;
CREATE INDEX payouts_due ON payouts (asset, due_at_ms, payout_id)
  WHERE state = 'due' AND parked_until_ms IS NULL;
CREATE INDEX payouts_due_by_wallet ON payouts (wallet, asset) WHERE state = 'due';
CREATE INDEX payouts_parked ON payouts (parked_until_ms)
  WHERE state = 'due' AND parked_until_ms IS NOT NULL;
CREATE INDEX payouts_by_job ON payouts (job_id, payout_id) WHERE job_id IS NOT NULL;
CREATE INDEX payouts_by_agent ON payouts (agent_id, payout_id) WHERE agent_id IS NOT NULL;
CREATE INDEX payouts_by_account ON payouts (account_id, kind, payout_id)
  WHERE account_id IS NOT NULL;
CREATE INDEX payouts_by_batch ON payouts (batch_id, payout_id) WHERE batch_id IS NOT NULL;
CREATE INDEX payouts_by_state ON payouts (state);
CREATE TRIGGER payouts_final BEFORE UPDATE ON payouts WHEN OLD.state IN ('finalized', 'cancelled')
BEGIN SELECT RAISE(ABORT, 'a payout that is over never changes'); END;
CREATE TRIGGER payouts_kept BEFORE DELETE ON payouts
BEGIN SELECT RAISE(ABORT, 'payouts are never deleted'); END;
`,
};
