import type { Migration } from './index.ts';

/** SQLite's 44th. */
export const statements: Migration = {
  name: 'statements',
  sql: `
ALTER TABLE transfers ADD COLUMN account_id TEXT;
ALTER TABLE transfers DISABLE TRIGGER transfers_final;
UPDATE transfers SET account_id = split_part(debit, ':', 2) WHERE debit LIKE 'user:%';
UPDATE transfers SET account_id = split_part(credit, ':', 2) WHERE credit LIKE 'user:%';
UPDATE transfers SET account_id = (SELECT account_id FROM jobs WHERE jobs.job_id = transfers.ref)
  WHERE account_id IS NULL AND kind IN ('capture', 'fee');
ALTER TABLE transfers ENABLE TRIGGER transfers_final;
CREATE INDEX transfers_by_account ON transfers (account_id, asset, kind, entry)
  WHERE account_id IS NOT NULL;

CREATE INDEX jobs_by_end ON jobs (finished_at_ms) WHERE finished_at_ms IS NOT NULL;
`,
};
