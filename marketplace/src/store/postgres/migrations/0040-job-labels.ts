import type { Migration } from './index.ts';

/**
 * PostgreSQL refuses to look into JSON with an escaped U+0000 or half of a surrogate pair anywhere,
 * which specs may have. Text can have neither: each becomes what a reader of broken text puts there.
 */
const labelsOf = (spec: string) =>
  String.raw`regexp_replace(${spec}, '((?<!\\)(?:\\\\)*)\\u(?:0000|d[89a-f][0-9a-f]{2})', '\1\\ufffd', 'g')::json -> 'labels'`;

const insert = (specs: string) => `
  INSERT INTO job_labels (job_id, name, account_id, value)
    SELECT job_id, label.key, jobs.account_id, label.value
    FROM ${specs} JOIN jobs USING (job_id), json_each_text(labels) AS label`;

/**
 * SQLite's 52nd. The specs are read before posting is locked: that takes minutes where there are
 * millions, and labels never change. Those that were posted meanwhile are read under the lock. Not
 * before then the table refers to the jobs, for that locks them; what was read came from them.
 */
export const jobLabels: Migration = {
  name: 'job-labels',
  sql: `
CREATE TEMPORARY TABLE labels_seen ON COMMIT DROP AS
  SELECT job_id, ${labelsOf('spec')} AS labels FROM job_specs;
CREATE INDEX ON labels_seen (job_id);
ANALYZE labels_seen;

CREATE TABLE job_labels (
  job_id TEXT NOT NULL,
  name TEXT NOT NULL,
  account_id TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (job_id, name)
);
${insert('labels_seen')};
CREATE INDEX job_labels_by_value ON job_labels (account_id, name, value, job_id);

ALTER TABLE job_labels ADD FOREIGN KEY (job_id) REFERENCES jobs (job_id) NOT VALID;
CREATE FUNCTION job_labels_told() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  ${insert(`(SELECT NEW.job_id, ${labelsOf('NEW.spec')} AS labels) AS told`)};
  RETURN NULL;
END $$;
CREATE TRIGGER job_labels_told AFTER INSERT ON job_specs
  FOR EACH ROW EXECUTE FUNCTION job_labels_told();
${insert(`(
      SELECT job_id, ${labelsOf('spec')} AS labels FROM job_specs
      WHERE NOT EXISTS (SELECT FROM labels_seen WHERE labels_seen.job_id = job_specs.job_id)
    ) AS missed`)};
`,
};
