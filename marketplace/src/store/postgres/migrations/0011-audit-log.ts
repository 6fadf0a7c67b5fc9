import type { Migration } from './index.ts';

/** SQLite's `0023-audit-log`. */
export const auditLog: Migration = {
  name: 'audit-log',
  sql: `
CREATE TABLE audit_log (
  entry BIGINT PRIMARY KEY,
  at_ms BIGINT NOT NULL,
  action TEXT NOT NULL,
  actor TEXT NOT NULL,
  account_id TEXT,
  key_id TEXT,
  ip TEXT,
  request_id TEXT,
  target TEXT,
  facts TEXT NOT NULL,
  hash BYTEA NOT NULL CHECK (length(hash) = 32)
);
CREATE INDEX audit_by_action ON audit_log (action, entry);
CREATE INDEX audit_by_account ON audit_log (account_id, entry) WHERE account_id IS NOT NULL;
CREATE INDEX audit_by_target ON audit_log (target, entry) WHERE target IS NOT NULL;

CREATE TABLE audit_head (
  one BIGINT PRIMARY KEY CHECK (one = 1),
  entry BIGINT NOT NULL CHECK (entry >= 0),
  hash BYTEA NOT NULL CHECK (length(hash) = 32),
  appends BIGINT NOT NULL DEFAULT 0
);
INSERT INTO audit_head (one, entry, hash) VALUES (1, 0, decode(repeat('00', 32), 'hex'));

CREATE TABLE audit_checkpoints (
  entry BIGINT PRIMARY KEY,
  hash BYTEA NOT NULL CHECK (length(hash) = 32),
  at_ms BIGINT NOT NULL
);

CREATE TRIGGER audit_final BEFORE UPDATE ON audit_log FOR EACH ROW
  EXECUTE FUNCTION refuse('audit entries never change');
CREATE FUNCTION audit_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.entry > coalesce((SELECT max(entry) FROM audit_checkpoints), 0) THEN
    RAISE EXCEPTION 'audit entries are removed behind a checkpoint only'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN OLD;
END $$;
CREATE TRIGGER audit_kept BEFORE DELETE ON audit_log FOR EACH ROW EXECUTE FUNCTION audit_kept();
CREATE TRIGGER audit_not_emptied BEFORE TRUNCATE ON audit_log
  EXECUTE FUNCTION refuse('audit entries are never removed all at once');
CREATE FUNCTION audit_appended() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.entry <> (SELECT entry + 1 FROM audit_head) THEN
    RAISE EXCEPTION 'audit entries are appended only'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER audit_appended BEFORE INSERT ON audit_log FOR EACH ROW
  EXECUTE FUNCTION audit_appended();
CREATE TRIGGER audit_head_forward BEFORE UPDATE ON audit_head FOR EACH ROW
  WHEN (NEW.entry <> OLD.entry + 1 AND (NEW.entry <> OLD.entry OR NEW.hash <> OLD.hash))
  EXECUTE FUNCTION refuse('the head of the audit log goes forward only');
CREATE TRIGGER audit_head_kept BEFORE DELETE ON audit_head FOR EACH ROW
  EXECUTE FUNCTION refuse('the head of the audit log is never deleted');
CREATE TRIGGER audit_head_not_emptied BEFORE TRUNCATE ON audit_head
  EXECUTE FUNCTION refuse('the head of the audit log is never deleted');
CREATE TRIGGER audit_checkpoints_final BEFORE UPDATE ON audit_checkpoints FOR EACH ROW
  EXECUTE FUNCTION refuse('audit checkpoints never change');
CREATE TRIGGER audit_checkpoints_kept BEFORE DELETE ON audit_checkpoints FOR EACH ROW
  EXECUTE FUNCTION refuse('audit checkpoints are never deleted');
CREATE TRIGGER audit_checkpoints_not_emptied BEFORE TRUNCATE ON audit_checkpoints
  EXECUTE FUNCTION refuse('audit checkpoints are never deleted');
`,
};
