import { kept } from '../guards.ts';
import type { Migration } from './index.ts';

/** What agents do for jobs, the log of what happened, and agents held for accounts. */
export const executions: Migration = {
  name: 'executions',
  sql: `
CREATE TABLE executions (
  execution_id TEXT PRIMARY KEY,
  job_id TEXT NOT NULL REFERENCES jobs (job_id),
  attempt BIGINT NOT NULL CHECK (attempt > 0),
  agent_id TEXT NOT NULL REFERENCES agents (agent_id),
  agent_name TEXT NOT NULL,
  claim_id TEXT NOT NULL,
  lease_hash TEXT NOT NULL,
  lease_until_ms BIGINT NOT NULL,
  accept_by_ms BIGINT,
  deadline_ms BIGINT,
  state TEXT NOT NULL CHECK (state IN ('leased', 'preparing', 'running', 'collecting',
    'succeeded', 'failed', 'timed_out', 'cancelled', 'lost')),
  reason TEXT,
  detail TEXT,
  devices TEXT NOT NULL,
  isolation TEXT,
  image_digest TEXT,
  exit_code BIGINT,
  run_ms DOUBLE PRECISION,
  peak_memory_bytes DOUBLE PRECISION,
  result_hash TEXT,
  log_seq BIGINT NOT NULL CHECK (log_seq >= 0),
  leased_at_ms BIGINT NOT NULL,
  started_at_ms BIGINT,
  finished_at_ms BIGINT,
  live BIGINT GENERATED ALWAYS AS
    (CASE WHEN state IN ('leased', 'preparing', 'running', 'collecting')
      THEN 1 ELSE 0 END) STORED,
  rate BIGINT CHECK (rate > 0),
  run_deadline_ms BIGINT,
  progress_ms BIGINT CHECK (progress_ms > 0),
  preempted_at_ms BIGINT,
  UNIQUE (job_id, attempt)
);
CREATE INDEX executions_by_claim ON executions (agent_id, claim_id);
CREATE UNIQUE INDEX executions_by_claim_live ON executions (agent_id, claim_id) WHERE live = 1;
CREATE INDEX executions_by_due ON executions
  (least(lease_until_ms, coalesce(accept_by_ms, lease_until_ms), coalesce(deadline_ms, lease_until_ms)))
  WHERE live = 1;
CREATE UNIQUE INDEX executions_of_job_live ON executions (job_id) WHERE live = 1;
CREATE TRIGGER executions_final BEFORE UPDATE ON executions FOR EACH ROW
  WHEN (OLD.live = 0)
  EXECUTE FUNCTION refuse('an execution that is over never changes');
CREATE FUNCTION executions_free_devices() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM execution_devices WHERE execution_id = NEW.execution_id;
  RETURN NULL;
END $$;
CREATE TRIGGER executions_free_devices AFTER UPDATE OF state ON executions FOR EACH ROW
  WHEN (NEW.live = 0)
  EXECUTE FUNCTION executions_free_devices();
${kept('executions', 'executions are never deleted')}

CREATE TABLE execution_devices (
  agent_id TEXT NOT NULL,
  device_id TEXT NOT NULL,
  execution_id TEXT NOT NULL REFERENCES executions (execution_id),
  PRIMARY KEY (agent_id, device_id)
);
CREATE INDEX execution_devices_by_execution ON execution_devices (execution_id);

CREATE TABLE log_chunks (
  job_id TEXT NOT NULL REFERENCES jobs (job_id),
  seq_last BIGINT NOT NULL,
  seq_first BIGINT NOT NULL CHECK (seq_first > 0 AND seq_first <= seq_last),
  attempt BIGINT NOT NULL,
  streams BIGINT NOT NULL,
  body TEXT NOT NULL
);
CREATE UNIQUE INDEX log_chunks_by_seq ON log_chunks (job_id, seq_last);

CREATE TABLE events (
  seq BIGINT PRIMARY KEY,
  name TEXT NOT NULL,
  at_ms BIGINT NOT NULL,
  actor TEXT NOT NULL,
  account_id TEXT,
  job_id TEXT,
  execution_id TEXT,
  reason TEXT,
  data TEXT NOT NULL
);
CREATE INDEX events_by_job ON events (job_id, seq) WHERE job_id IS NOT NULL;
CREATE TRIGGER events_final BEFORE UPDATE ON events FOR EACH ROW
  EXECUTE FUNCTION refuse('events never change');
${kept('events', 'events are never deleted')}

CREATE TABLE reservations (
  reservation_id TEXT PRIMARY KEY,
  account_id TEXT NOT NULL REFERENCES accounts (account_id),
  agent_ids TEXT NOT NULL,
  from_ms BIGINT NOT NULL,
  until_ms BIGINT NOT NULL CHECK (until_ms > from_ms),
  created_at_ms BIGINT NOT NULL,
  cancelled_at_ms BIGINT
);
CREATE INDEX reservations_by_end ON reservations (until_ms) WHERE cancelled_at_ms IS NULL;
CREATE TRIGGER reservations_cancelled_once BEFORE UPDATE ON reservations FOR EACH ROW
  WHEN (OLD.cancelled_at_ms IS NOT NULL)
  EXECUTE FUNCTION refuse('a reservation is cancelled once');
${kept('reservations', 'a reservation is cancelled, not deleted')}
`,
};
