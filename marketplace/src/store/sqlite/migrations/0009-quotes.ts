/** Firm quotes. One that a job was posted with is kept for its receipt, the others go. */
export const quotes = {
  name: 'quotes',
  sql: `
CREATE TABLE quotes (
  quote_id TEXT PRIMARY KEY,
  spec_hash TEXT NOT NULL,
  asset TEXT NOT NULL CHECK (asset IN ('SOL', 'USDC')),
  total INTEGER NOT NULL CHECK (total > 0),
  fee_basis_points INTEGER NOT NULL CHECK (fee_basis_points BETWEEN 0 AND 10000),
  created_at_ms INTEGER NOT NULL,
  expires_at_ms INTEGER NOT NULL,
  job_id TEXT UNIQUE REFERENCES jobs (job_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX quotes_unused ON quotes (expires_at_ms) WHERE job_id IS NULL;
CREATE TRIGGER quotes_used_once BEFORE UPDATE ON quotes WHEN OLD.job_id IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a quote is used once'); END;
`,
};
