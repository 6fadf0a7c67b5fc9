import { kept } from '../guards.ts';
import type { Migration } from './index.ts';

/** What arrived on chain, and whose it is. */
export const deposits: Migration = {
  name: 'deposits',
  sql: `
CREATE TABLE deposit_tags (
  tag TEXT PRIMARY KEY,
  account_id TEXT NOT NULL UNIQUE REFERENCES accounts (account_id)
);

CREATE TABLE deposit_intents (
  intent_id TEXT PRIMARY KEY,
  account_id TEXT NOT NULL REFERENCES accounts (account_id),
  reference TEXT NOT NULL UNIQUE,
  asset TEXT NOT NULL CHECK (asset IN ('SOL', 'USDC')),
  amount BIGINT CHECK (amount > 0),
  created_at_ms BIGINT NOT NULL,
  expires_at_ms BIGINT NOT NULL
);
CREATE INDEX deposit_intents_by_account ON deposit_intents (account_id, expires_at_ms);

CREATE TABLE deposits (
  entry BIGINT PRIMARY KEY,
  signature TEXT NOT NULL,
  asset TEXT NOT NULL CHECK (asset IN ('SOL', 'USDC')),
  amount BIGINT NOT NULL CHECK (amount > 0),
  state TEXT NOT NULL CHECK (state IN ('credited', 'suspense', 'refunding')),
  route TEXT CHECK (route IN ('reference', 'memo', 'claim', 'operator', 'faucet')),
  suspense_reason TEXT CHECK (suspense_reason IN ('unattributed', 'ambiguous', 'dust')),
  account_id TEXT REFERENCES accounts (account_id),
  intent_id TEXT REFERENCES deposit_intents (intent_id),
  source_owner TEXT,
  payout_id TEXT,
  seen_at_ms BIGINT NOT NULL,
  credited_at_ms BIGINT,
  UNIQUE (signature, asset),
  CHECK ((state = 'credited') = (credited_at_ms IS NOT NULL)),
  CHECK (state <> 'credited' OR route IS NOT NULL),
  CHECK (state = 'credited' OR suspense_reason IS NOT NULL),
  CHECK ((state = 'refunding') = (payout_id IS NOT NULL)),
  CHECK (suspense_reason <> 'dust' OR account_id IS NOT NULL)
);
CREATE INDEX deposits_by_account ON deposits (account_id, entry) WHERE account_id IS NOT NULL;
CREATE INDEX deposits_by_intent ON deposits (intent_id) WHERE intent_id IS NOT NULL;
CREATE UNIQUE INDEX deposits_by_payout ON deposits (payout_id) WHERE payout_id IS NOT NULL;
CREATE INDEX deposits_by_state ON deposits (state, entry);
CREATE INDEX deposits_dust ON deposits (account_id, asset, amount)
  WHERE state = 'suspense' AND suspense_reason = 'dust';
CREATE TRIGGER deposits_exact BEFORE UPDATE ON deposits FOR EACH ROW
  WHEN (OLD.signature <> NEW.signature OR OLD.asset <> NEW.asset OR OLD.amount <> NEW.amount)
  EXECUTE FUNCTION refuse('what was received never changes');
CREATE TRIGGER deposits_final BEFORE UPDATE ON deposits FOR EACH ROW
  WHEN (OLD.state = 'credited')
  EXECUTE FUNCTION refuse('a credited deposit never changes');
${kept('deposits', 'deposits are never deleted')}

CREATE TABLE deposit_cursors (
  address TEXT PRIMARY KEY,
  signature TEXT,
  slot BIGINT,
  start_slot BIGINT
);

CREATE TABLE deposits_set_aside (
  signature TEXT PRIMARY KEY,
  tries BIGINT NOT NULL,
  next_at_ms BIGINT NOT NULL
);
CREATE INDEX deposits_set_aside_next ON deposits_set_aside (next_at_ms);
`,
};
