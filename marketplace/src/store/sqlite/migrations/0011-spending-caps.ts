/**
 * Caps of accounts and keys, and what each posted per UTC day. A day counts the prices of its jobs
 * while they are held and what they cost once they are settled; triggers keep it with the jobs.
 */
export const spendingCaps = {
  name: 'spending-caps',
  sql: `
ALTER TABLE jobs ADD COLUMN api_key_id TEXT;

CREATE TABLE spending_caps (
  owner TEXT NOT NULL,
  asset TEXT NOT NULL CHECK (asset IN ('SOL', 'USDC')),
  per_job INTEGER CHECK (per_job >= 0),
  open INTEGER CHECK (open >= 0),
  per_day INTEGER CHECK (per_day >= 0),
  PRIMARY KEY (owner, asset)
) STRICT, WITHOUT ROWID;

CREATE TABLE spending (
  owner TEXT NOT NULL,
  asset TEXT NOT NULL,
  day INTEGER NOT NULL,
  amount INTEGER NOT NULL CHECK (amount >= 0),
  PRIMARY KEY (owner, asset, day)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER jobs_spend AFTER INSERT ON jobs BEGIN
  INSERT INTO spending (owner, asset, day, amount)
    VALUES (NEW.account_id, NEW.asset, NEW.created_at_ms / 86400000, NEW.price)
    ON CONFLICT (owner, asset, day) DO UPDATE SET amount = amount + excluded.amount;
  INSERT INTO spending (owner, asset, day, amount)
    SELECT NEW.api_key_id, NEW.asset, NEW.created_at_ms / 86400000, NEW.price
    WHERE NEW.api_key_id IS NOT NULL
    ON CONFLICT (owner, asset, day) DO UPDATE SET amount = amount + excluded.amount;
END;
CREATE TRIGGER jobs_give_back AFTER UPDATE OF settlement ON jobs
WHEN OLD.charged IS NULL AND NEW.charged IS NOT NULL BEGIN
  UPDATE spending SET amount = amount - (NEW.price - NEW.charged)
    WHERE owner = NEW.account_id AND asset = NEW.asset AND day = NEW.created_at_ms / 86400000;
  UPDATE spending SET amount = amount - (NEW.price - NEW.charged)
    WHERE owner = NEW.api_key_id AND asset = NEW.asset AND day = NEW.created_at_ms / 86400000;
END;

INSERT INTO spending (owner, asset, day, amount)
  SELECT account_id, asset, created_at_ms / 86400000, sum(coalesce(charged, price))
  FROM jobs GROUP BY account_id, asset, created_at_ms / 86400000;
`,
};
