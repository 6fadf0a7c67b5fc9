/**
 * How many payouts of an asset are in a state, and what they come to. Kept by triggers, since
 * everybody may ask for these and adding up all payouts takes longer with each.
 */
export const payoutTotals = {
  name: 'payout-totals',
  sql: `
CREATE TABLE payout_totals (
  asset TEXT NOT NULL,
  state TEXT NOT NULL,
  payouts INTEGER NOT NULL CHECK (payouts >= 0),
  amount INTEGER NOT NULL CHECK (amount >= 0),
  PRIMARY KEY (asset, state)
) STRICT, WITHOUT ROWID;
INSERT INTO payout_totals (asset, state, payouts, amount)
  SELECT asset, state, count(*), sum(amount) FROM payouts GROUP BY asset, state;
CREATE TRIGGER payouts_counted AFTER INSERT ON payouts BEGIN
  INSERT INTO payout_totals (asset, state, payouts, amount)
    VALUES (NEW.asset, NEW.state, 1, NEW.amount)
    ON CONFLICT (asset, state) DO UPDATE
    SET payouts = payouts + 1, amount = amount + excluded.amount;
END;
CREATE TRIGGER payouts_recounted AFTER UPDATE OF state ON payouts WHEN OLD.state <> NEW.state BEGIN
  UPDATE payout_totals SET payouts = payouts - 1, amount = amount - OLD.amount
    WHERE asset = OLD.asset AND state = OLD.state;
  INSERT INTO payout_totals (asset, state, payouts, amount)
    VALUES (NEW.asset, NEW.state, 1, NEW.amount)
    ON CONFLICT (asset, state) DO UPDATE
    SET payouts = payouts + 1, amount = amount + excluded.amount;
END;
`,
};
