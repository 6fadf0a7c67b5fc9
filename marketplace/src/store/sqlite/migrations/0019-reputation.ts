/**
 * What is known about how agents and requesters behave: decayed evidence with plain counts beside it
 * (one JSON text with one time, because it is always read and written as a whole), the seed's moving
 * average of run times, and ratings by requesters that paid, one per job.
 */
export const reputation = {
  name: 'reputation',
  sql: `
ALTER TABLE agents ADD COLUMN avg_run_sec REAL CHECK (avg_run_sec >= 0);
ALTER TABLE agents ADD COLUMN reputation TEXT;
ALTER TABLE agents ADD COLUMN rating_count INTEGER NOT NULL DEFAULT 0 CHECK (rating_count >= 0);
ALTER TABLE agents ADD COLUMN rating_stars INTEGER NOT NULL DEFAULT 0
  CHECK (rating_stars BETWEEN rating_count AND 5 * rating_count);
ALTER TABLE accounts ADD COLUMN reputation TEXT;

CREATE TABLE ratings (
  job_id TEXT PRIMARY KEY REFERENCES jobs (job_id),
  account_id TEXT NOT NULL REFERENCES accounts (account_id),
  agent_id TEXT NOT NULL REFERENCES agents (agent_id),
  stars INTEGER NOT NULL CHECK (stars BETWEEN 1 AND 5),
  comment TEXT,
  rated_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX ratings_by_agent ON ratings (agent_id, rated_at_ms);
CREATE TRIGGER ratings_counted AFTER INSERT ON ratings BEGIN
  UPDATE agents SET rating_count = rating_count + 1, rating_stars = rating_stars + NEW.stars
    WHERE agent_id = NEW.agent_id;
END;
CREATE TRIGGER ratings_final BEFORE UPDATE ON ratings
BEGIN SELECT RAISE(ABORT, 'a rating never changes'); END;
CREATE TRIGGER ratings_kept BEFORE DELETE ON ratings
BEGIN SELECT RAISE(ABORT, 'ratings are never deleted'); END;
`,
};
