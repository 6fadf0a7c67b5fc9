import { kept } from '../guards.ts';
import type { Migration } from './index.ts';

/** Schedules, templates, and the ratings of what was done. */
export const schedules: Migration = {
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
  failures_max BIGINT NOT NULL CHECK (failures_max > 0),
  failures_in_row BIGINT NOT NULL CHECK (failures_in_row >= 0),
  state TEXT NOT NULL CHECK (state IN ('active', 'paused', 'ended')),
  reason TEXT,
  until_ms BIGINT,
  next_due_ms BIGINT CHECK ((next_due_ms IS NOT NULL) = (state = 'active')),
  created_at_ms BIGINT NOT NULL
);
CREATE INDEX schedules_by_account ON schedules (account_id, schedule_id);
CREATE INDEX schedules_due ON schedules (next_due_ms) WHERE next_due_ms IS NOT NULL;

CREATE TABLE schedule_runs (
  schedule_id TEXT NOT NULL REFERENCES schedules (schedule_id) ON DELETE CASCADE,
  due_ms BIGINT NOT NULL,
  fired_at_ms BIGINT NOT NULL,
  outcome TEXT NOT NULL CHECK (outcome IN ('posted', 'skipped', 'missed', 'refused')),
  job_id TEXT,
  error_code TEXT,
  detail TEXT,
  counted BIGINT NOT NULL CHECK (counted IN (0, 1)),
  PRIMARY KEY (schedule_id, due_ms),
  CHECK ((job_id IS NOT NULL) = (outcome = 'posted'))
);
CREATE INDEX schedule_runs_open ON schedule_runs (schedule_id, due_ms) WHERE counted = 0;

CREATE TABLE templates (
  template_id TEXT PRIMARY KEY,
  account_id TEXT NOT NULL REFERENCES accounts (account_id),
  name TEXT NOT NULL,
  description TEXT,
  version BIGINT NOT NULL CHECK (version > 0),
  created_at_ms BIGINT NOT NULL,
  archived_at_ms BIGINT
);
CREATE INDEX templates_by_account ON templates (account_id, template_id);

CREATE TABLE template_versions (
  template_id TEXT NOT NULL REFERENCES templates (template_id),
  version BIGINT NOT NULL CHECK (version > 0),
  spec TEXT NOT NULL,
  parameters TEXT NOT NULL,
  created_at_ms BIGINT NOT NULL,
  PRIMARY KEY (template_id, version)
);
CREATE TRIGGER template_versions_fixed BEFORE UPDATE ON template_versions FOR EACH ROW
  EXECUTE FUNCTION refuse('a version never changes');
${kept('template_versions', 'versions are never deleted')}

CREATE TABLE ratings (
  job_id TEXT PRIMARY KEY REFERENCES jobs (job_id),
  account_id TEXT NOT NULL REFERENCES accounts (account_id),
  agent_id TEXT NOT NULL REFERENCES agents (agent_id),
  stars BIGINT NOT NULL CHECK (stars BETWEEN 1 AND 5),
  comment TEXT,
  rated_at_ms BIGINT NOT NULL
);
CREATE INDEX ratings_by_agent ON ratings (agent_id, rated_at_ms);
CREATE FUNCTION ratings_counted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE agents SET rating_count = rating_count + 1, rating_stars = rating_stars + NEW.stars
    WHERE agent_id = NEW.agent_id;
  RETURN NULL;
END $$;
CREATE TRIGGER ratings_counted AFTER INSERT ON ratings FOR EACH ROW
  EXECUTE FUNCTION ratings_counted();
CREATE TRIGGER ratings_final BEFORE UPDATE ON ratings FOR EACH ROW
  EXECUTE FUNCTION refuse('a rating never changes');
${kept('ratings', 'ratings are never deleted')}
`,
};
