import type { Migration } from './index.ts';

/**
 * Deposits, one row per transaction and asset, whoever they belong to. The old table knew only those
 * that somebody had claimed; everything the ledger has ever booked as a deposit gets its row, so
 * that the watcher, which reads the chain from the beginning, books none of it again.
 */
export const deposits: Migration = {
  name: 'deposits',
  sql: `
CREATE TABLE deposit_intents (
  intent_id TEXT PRIMARY KEY,
  account_id TEXT NOT NULL REFERENCES accounts (account_id),
  reference TEXT NOT NULL UNIQUE,
  asset TEXT NOT NULL CHECK (asset IN ('SOL', 'USDC')),
  amount INTEGER CHECK (amount > 0),
  created_at_ms INTEGER NOT NULL,
  expires_at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX deposit_intents_by_account ON deposit_intents (account_id, expires_at_ms);

CREATE TABLE deposit_tags (
  tag TEXT PRIMARY KEY,
  account_id TEXT NOT NULL UNIQUE REFERENCES accounts (account_id)
) STRICT, WITHOUT ROWID;

ALTER TABLE deposits RENAME TO deposits_claimed;
CREATE TABLE deposits (
  entry INTEGER PRIMARY KEY,
  signature TEXT NOT NULL,
  asset TEXT NOT NULL CHECK (asset IN ('SOL', 'USDC')),
  amount INTEGER NOT NULL CHECK (amount > 0),
  state TEXT NOT NULL CHECK (state IN ('credited', 'suspense', 'refunding')),
  route TEXT CHECK (route IN ('reference', 'memo', 'claim', 'operator', 'faucet')),
  suspense_reason TEXT CHECK (suspense_reason IN ('unattributed', 'ambiguous', 'dust')),
  account_id TEXT REFERENCES accounts (account_id),
  intent_id TEXT REFERENCES deposit_intents (intent_id),
  source_owner TEXT,
  payout_id TEXT,
  seen_at_ms INTEGER NOT NULL,
  credited_at_ms INTEGER,
  UNIQUE (signature, asset),
  CHECK ((state = 'credited') = (credited_at_ms IS NOT NULL)),
  CHECK (state <> 'credited' OR route IS NOT NULL),
  CHECK (state = 'credited' OR suspense_reason IS NOT NULL),
  CHECK ((state = 'refunding') = (payout_id IS NOT NULL)),
  CHECK (suspense_reason <> 'dust' OR account_id IS NOT NULL)
) STRICT;
INSERT INTO deposits (signature, asset, amount, state, route, account_id, seen_at_ms, credited_at_ms)
  SELECT ref, asset, sum(amount), 'credited', iif(account_id IS NULL, 'faucet', 'claim'),
    account_id, min(at_ms), min(at_ms)
  FROM transfers LEFT JOIN deposits_claimed ON signature = ref
  WHERE kind = 'deposit' AND debit = 'chain:treasury' GROUP BY ref, asset ORDER BY min(entry);
DROP TABLE deposits_claimed;
CREATE INDEX deposits_by_account ON deposits (account_id, entry) WHERE account_id IS NOT NULL;
CREATE INDEX deposits_by_state ON deposits (state, entry);
CREATE INDEX deposits_by_intent ON deposits (intent_id) WHERE intent_id IS NOT NULL;
CREATE INDEX deposits_dust ON deposits (account_id, asset, entry)
  WHERE state = 'suspense' AND suspense_reason = 'dust';
CREATE TRIGGER deposits_final BEFORE UPDATE ON deposits WHEN OLD.state = 'credited'
BEGIN SELECT RAISE(ABORT, 'a credited deposit never changes'); END;
CREATE TRIGGER deposits_exact BEFORE UPDATE ON deposits
WHEN OLD.signature <> NEW.signature OR OLD.asset <> NEW.asset OR OLD.amount <> NEW.amount
BEGIN SELECT RAISE(ABORT, 'what was received never changes'); END;
CREATE TRIGGER deposits_kept BEFORE DELETE ON deposits
BEGIN SELECT RAISE(ABORT, 'deposits are never deleted'); END;

CREATE TABLE deposit_cursors (
  address TEXT PRIMARY KEY,
  signature TEXT,
  slot INTEGER,
  start_slot INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE deposits_set_aside (
  signature TEXT PRIMARY KEY,
  tries INTEGER NOT NULL,
  next_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX deposits_set_aside_next ON deposits_set_aside (next_at_ms);

CREATE TABLE worker_leases (
  name TEXT PRIMARY KEY,
  owner TEXT NOT NULL,
  until_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
`,
};
