/** Schedules that post jobs, and what was done at each of their times. */
export const schedules = {
  name: 'schedules',
  sql: `
CREATE TABLE schedules (
  schedule_id TEXT PRIMARY KEY,
  account_id TEXT NOT NULL REFERENCES accounts (account_id),
  api_key_id TEXT,
  name TEXT NOT NULL,
  cron TEXT NOT NULL,
  timezone TEXT NOT NULL,
  target TEXT NOT NULL,
  overlap TEXT NOT NULL CHECK (overlap IN ('skip', 'allow')),
  catch_up TEXT NOT NULL CHECK (catch_up IN ('none', 'last')),
  failures_max INTEGER NOT NULL CHECK (failures_max > 0),
  failures_in_row INTEGER NOT NULL CHECK (failures_in_row >= 0),
  state TEXT NOT NULL CHECK (state IN ('active', 'paused', 'ended')),
  reason TEXT,
  until_ms INTEGER,
  next_due_ms INTEGER CHECK ((next_due_ms IS NOT NULL) = (state = 'active')),
  created_at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX schedules_by_account ON schedules (account_id, schedule_id);
CREATE INDEX schedules_due ON schedules (next_due_ms) WHERE next_due_ms IS NOT NULL;

CREATE TABLE schedule_runs (
  schedule_id TEXT NOT NULL REFERENCES schedules (schedule_id) ON DELETE CASCADE,
  due_ms INTEGER NOT NULL,
  fired_at_ms INTEGER NOT NULL,
  outcome TEXT NOT NULL CHECK (outcome IN ('posted', 'skipped', 'missed', 'refused')),
  job_id TEXT,
  error_code TEXT,
  detail TEXT,
  counted INTEGER NOT NULL CHECK (counted IN (0, 1)),
  PRIMARY KEY (schedule_id, due_ms),
  CHECK ((job_id IS NOT NULL) = (outcome = 'posted'))
) STRICT, WITHOUT ROWID;
CREATE INDEX schedule_runs_open ON schedule_runs (schedule_id, due_ms) WHERE counted = 0;
`,
};
