import { kept } from '../guards.ts';
import type { Migration } from './index.ts';

/** Double entry, append-only, chained by hashes. */
export const ledger: Migration = {
  name: 'ledger',
  sql: `
CREATE TABLE transfers (
  entry BIGINT PRIMARY KEY,
  transfer_id TEXT NOT NULL UNIQUE,
  debit TEXT NOT NULL,
  credit TEXT NOT NULL,
  asset TEXT NOT NULL CHECK (asset IN ('SOL', 'USDC')),
  amount BIGINT NOT NULL CHECK (amount > 0),
  kind TEXT NOT NULL,
  ref TEXT NOT NULL,
  at_ms BIGINT NOT NULL,
  hash BYTEA NOT NULL CHECK (length(hash) = 32),
  CHECK (debit <> credit)
);
CREATE TRIGGER transfers_final BEFORE UPDATE ON transfers FOR EACH ROW
  EXECUTE FUNCTION refuse('transfers never change');
CREATE FUNCTION transfers_in_order() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.entry IS DISTINCT FROM (SELECT coalesce(max(entry), 0) + 1 FROM transfers) THEN
    RAISE EXCEPTION 'transfers are appended only' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER transfers_in_order BEFORE INSERT ON transfers FOR EACH ROW
  EXECUTE FUNCTION transfers_in_order();
${kept('transfers', 'transfers are never deleted')}

CREATE TABLE balances (
  account TEXT NOT NULL,
  asset TEXT NOT NULL,
  side TEXT NOT NULL CHECK (side IN ('debit', 'credit')),
  debits BIGINT NOT NULL CHECK (debits >= 0),
  credits BIGINT NOT NULL CHECK (credits >= 0),
  PRIMARY KEY (account, asset),
  CHECK (CASE side WHEN 'debit' THEN debits - credits ELSE credits - debits END >= 0)
);

CREATE TABLE balance_totals (
  class TEXT NOT NULL,
  asset TEXT NOT NULL,
  side TEXT NOT NULL CHECK (side IN ('debit', 'credit')),
  debits BIGINT NOT NULL CHECK (debits >= 0),
  credits BIGINT NOT NULL CHECK (credits >= 0),
  PRIMARY KEY (class, asset),
  CHECK (CASE side WHEN 'debit' THEN debits - credits ELSE credits - debits END >= 0)
);
`,
};
