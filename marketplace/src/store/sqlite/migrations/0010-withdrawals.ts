/** Withdrawals asked for under an idempotency key, and the way from a refund to its deposit. */
export const withdrawals = {
  name: 'withdrawals',
  sql: `
CREATE TABLE withdrawal_requests (
  account_id TEXT NOT NULL REFERENCES accounts (account_id),
  key TEXT NOT NULL,
  request_hash TEXT NOT NULL,
  payout_id TEXT NOT NULL REFERENCES payouts (payout_id),
  PRIMARY KEY (account_id, key)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX deposits_by_payout ON deposits (payout_id) WHERE payout_id IS NOT NULL;
`,
};
