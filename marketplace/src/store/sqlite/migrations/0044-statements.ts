import type { Migration } from './index.ts';

/**
 * Whose statement an entry of the ledger stands in, so that one account's are read without a walk over
 * all; and the jobs of all accounts by when they ended, for what customers used.
 */
export const statements: Migration = {
  name: 'statements',
  sql: `
ALTER TABLE transfers ADD COLUMN account_id TEXT;
DROP TRIGGER transfers_final;
UPDATE transfers SET account_id = substr(debit, 6, instr(substr(debit, 6), ':') - 1)
  WHERE debit LIKE 'user:%';
UPDATE transfers SET account_id = substr(credit, 6, instr(substr(credit, 6), ':') - 1)
  WHERE credit LIKE 'user:%';
UPDATE transfers SET account_id = (SELECT account_id FROM jobs WHERE jobs.job_id = transfers.ref)
  WHERE account_id IS NULL AND kind IN ('capture', 'fee');
CREATE TRIGGER transfers_final BEFORE UPDATE ON transfers
BEGIN SELECT RAISE(ABORT, 'transfers never change'); END;
CREATE INDEX transfers_by_account ON transfers (account_id, asset, kind, entry)
  WHERE account_id IS NOT NULL;

CREATE INDEX jobs_by_end ON jobs (finished_at_ms) WHERE finished_at_ms IS NOT NULL;
`,
};
