/** Job templates: a row that is listed, and versions that never change. */
export const templates = {
  name: 'templates',
  sql: `
CREATE TABLE templates (
  template_id TEXT PRIMARY KEY,
  account_id TEXT NOT NULL REFERENCES accounts (account_id),
  name TEXT NOT NULL,
  description TEXT,
  version INTEGER NOT NULL CHECK (version > 0),
  created_at_ms INTEGER NOT NULL,
  archived_at_ms INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX templates_by_account ON templates (account_id, template_id);

CREATE TABLE template_versions (
  template_id TEXT NOT NULL REFERENCES templates (template_id),
  version INTEGER NOT NULL CHECK (version > 0),
  spec TEXT NOT NULL,
  parameters TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL,
  PRIMARY KEY (template_id, version)
) STRICT;

CREATE TRIGGER template_versions_fixed BEFORE UPDATE ON template_versions BEGIN
  SELECT RAISE(ABORT, 'a version never changes');
END;
CREATE TRIGGER template_versions_kept BEFORE DELETE ON template_versions BEGIN
  SELECT RAISE(ABORT, 'versions are never deleted');
END;
`,
};
