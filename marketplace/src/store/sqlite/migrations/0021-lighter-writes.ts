import type { Migration } from './index.ts';

/**
 * Less to write for each step of a job. What is overdue is found by one index with the earliest of
 * an execution's times; a payout is in no index that only few of them need, and is found for a job by
 * its execution; each state of jobs has its row from the start, an account's row changes only where
 * it becomes another one, and nothing is given back where everything was charged.
 */
export const lighterWrites: Migration = {
  name: 'lighter-writes',
  sql: `
DROP INDEX executions_by_lease;
DROP INDEX executions_by_accept;
DROP INDEX executions_by_deadline;
CREATE INDEX executions_by_due ON executions
  (min(lease_until_ms, ifnull(accept_by_ms, lease_until_ms), ifnull(deadline_ms, lease_until_ms)))
  WHERE live = 1;

DROP INDEX payouts_by_job;
DROP INDEX payouts_by_state;
CREATE INDEX payouts_finalized ON payouts (payout_id) WHERE state = 'finalized';
DROP INDEX payouts_by_account;
CREATE INDEX payouts_by_account ON payouts (account_id, payout_id) WHERE kind = 'withdrawal';

INSERT INTO job_counts (state, jobs) VALUES ('awaiting_funds', 0), ('queued', 0), ('assigned', 0),
  ('running', 0), ('succeeded', 0), ('failed', 0), ('cancelled', 0), ('timed_out', 0),
  ('expired', 0) ON CONFLICT (state) DO NOTHING;
DROP TRIGGER jobs_recounted;
CREATE TRIGGER jobs_recounted AFTER UPDATE OF state ON jobs WHEN OLD.state <> NEW.state BEGIN
  UPDATE job_counts SET jobs = jobs - 1 WHERE state = OLD.state;
  UPDATE job_counts SET jobs = jobs + 1 WHERE state = NEW.state;
END;
CREATE TRIGGER jobs_account_recounted AFTER UPDATE OF state, settlement ON jobs
WHEN OLD.over <> NEW.over OR OLD.settlement <> NEW.settlement BEGIN
  UPDATE account_jobs
    SET jobs_open = jobs_open + OLD.over - NEW.over,
        held = held + NEW.price * ((NEW.settlement = 'held') - (OLD.settlement = 'held'))
    WHERE account_id = NEW.account_id AND asset = NEW.asset;
END;
DROP TRIGGER jobs_give_back;
CREATE TRIGGER jobs_give_back AFTER UPDATE OF charged ON jobs
WHEN OLD.charged IS NULL AND NEW.charged <> NEW.price BEGIN
  UPDATE spending SET amount = amount - (NEW.price - NEW.charged)
    WHERE owner IN (NEW.account_id, NEW.api_key_id) AND asset = NEW.asset
      AND day = NEW.created_at_ms / 86400000;
END;
`,
};
