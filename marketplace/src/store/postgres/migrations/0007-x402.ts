import { kept } from '../guards.ts';
import type { Migration } from './index.ts';

/** Requests that were paid with themselves. */
export const x402: Migration = {
  name: 'x402',
  sql: `
CREATE TABLE x402_settlements (
  message_hash TEXT PRIMARY KEY,
  signature TEXT NOT NULL UNIQUE,
  raw BYTEA NOT NULL,
  last_valid_block_height BIGINT NOT NULL,
  payer TEXT NOT NULL,
  amount BIGINT NOT NULL CHECK (amount > 0),
  request_hash TEXT NOT NULL,
  payment_id TEXT,
  fee_lamports_max BIGINT NOT NULL CHECK (fee_lamports_max >= 0),
  state TEXT NOT NULL
    CHECK (state IN ('pending', 'confirmed', 'finalized', 'failed', 'expired', 'reverted')),
  reason TEXT,
  created_at_ms BIGINT NOT NULL
);
CREATE UNIQUE INDEX x402_settlements_by_id ON x402_settlements (payer, payment_id)
  WHERE payment_id IS NOT NULL AND state NOT IN ('failed', 'expired');
CREATE INDEX x402_settlements_by_time ON x402_settlements (created_at_ms);
CREATE INDEX x402_settlements_expired ON x402_settlements (created_at_ms) WHERE state = 'expired';
CREATE INDEX x402_settlements_open ON x402_settlements (created_at_ms)
  WHERE state IN ('pending', 'confirmed');
CREATE TRIGGER x402_settlements_final BEFORE UPDATE ON x402_settlements FOR EACH ROW
  WHEN (OLD.state IN ('finalized', 'failed', 'reverted'))
  EXECUTE FUNCTION refuse('a payment that has ended never changes');
${kept('x402_settlements', 'payments are never deleted')}

CREATE TABLE x402_claims (
  signature TEXT PRIMARY KEY REFERENCES x402_settlements (signature),
  job_id TEXT NOT NULL UNIQUE REFERENCES jobs (job_id),
  request_hash TEXT NOT NULL,
  created_at_ms BIGINT NOT NULL
);
CREATE TRIGGER x402_claims_final BEFORE UPDATE ON x402_claims FOR EACH ROW
  EXECUTE FUNCTION refuse('a claim never changes');
${kept('x402_claims', 'claims are never deleted')}
`,
};
