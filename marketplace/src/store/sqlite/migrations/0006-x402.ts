/** Payments by x402. Amounts are base units, times milliseconds since the epoch. */
export const x402 = {
  name: 'x402',
  sql: `
CREATE TABLE x402_settlements (
  message_hash TEXT PRIMARY KEY,
  signature TEXT NOT NULL UNIQUE,
  raw BLOB NOT NULL,
  last_valid_block_height INTEGER NOT NULL,
  payer TEXT NOT NULL,
  amount INTEGER NOT NULL CHECK (amount > 0),
  request_hash TEXT NOT NULL,
  payment_id TEXT,
  fee_lamports_max INTEGER NOT NULL CHECK (fee_lamports_max >= 0),
  state TEXT NOT NULL
    CHECK (state IN ('pending', 'confirmed', 'finalized', 'failed', 'expired', 'reverted')),
  reason TEXT,
  created_at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX x402_settlements_open ON x402_settlements (created_at_ms)
  WHERE state IN ('pending', 'confirmed');
CREATE INDEX x402_settlements_expired ON x402_settlements (created_at_ms) WHERE state = 'expired';
CREATE INDEX x402_settlements_by_time ON x402_settlements (created_at_ms);
CREATE UNIQUE INDEX x402_settlements_by_id ON x402_settlements (payer, payment_id)
  WHERE payment_id IS NOT NULL AND state NOT IN ('failed', 'expired');
CREATE TRIGGER x402_settlements_final BEFORE UPDATE ON x402_settlements
WHEN OLD.state IN ('finalized', 'failed', 'reverted')
BEGIN SELECT RAISE(ABORT, 'a payment that has ended never changes'); END;
CREATE TRIGGER x402_settlements_kept BEFORE DELETE ON x402_settlements
BEGIN SELECT RAISE(ABORT, 'payments are never deleted'); END;

CREATE TABLE x402_claims (
  signature TEXT PRIMARY KEY REFERENCES x402_settlements (signature),
  job_id TEXT NOT NULL UNIQUE REFERENCES jobs (job_id),
  request_hash TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL
) STRICT;
CREATE TRIGGER x402_claims_final BEFORE UPDATE ON x402_claims
BEGIN SELECT RAISE(ABORT, 'a claim never changes'); END;
CREATE TRIGGER x402_claims_kept BEFORE DELETE ON x402_claims
BEGIN SELECT RAISE(ABORT, 'claims are never deleted'); END;
`,
};
