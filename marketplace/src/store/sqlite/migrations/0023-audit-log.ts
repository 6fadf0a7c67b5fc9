import type { Migration } from './index.ts';

/**
 * The audit log. Its head is a row of its own: whoever appends changes it, so that two processes
 * can't append the same number, and a log that lost its end does not fit it. Entries are removed
 * only behind a checkpoint, which keeps the hash of the last one removed.
 */
export const auditLog: Migration = {
  name: 'audit-log',
  sql: `
CREATE TABLE audit_log (
  entry INTEGER PRIMARY KEY,
  at_ms INTEGER NOT NULL,
  action TEXT NOT NULL,
  actor TEXT NOT NULL,
  account_id TEXT,
  key_id TEXT,
  ip TEXT,
  request_id TEXT,
  target TEXT,
  facts TEXT NOT NULL,
  hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;
CREATE INDEX audit_by_action ON audit_log (action, entry);
CREATE INDEX audit_by_account ON audit_log (account_id, entry) WHERE account_id IS NOT NULL;
CREATE INDEX audit_by_target ON audit_log (target, entry) WHERE target IS NOT NULL;

CREATE TABLE audit_head (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  entry INTEGER NOT NULL CHECK (entry >= 0),
  hash BLOB NOT NULL CHECK (length(hash) = 32),
  appends INTEGER NOT NULL DEFAULT 0
) STRICT;
INSERT INTO audit_head (one, entry, hash) VALUES (1, 0, zeroblob(32));

CREATE TABLE audit_checkpoints (
  entry INTEGER PRIMARY KEY,
  hash BLOB NOT NULL CHECK (length(hash) = 32),
  at_ms INTEGER NOT NULL
) STRICT;

CREATE TRIGGER audit_final BEFORE UPDATE ON audit_log
BEGIN SELECT RAISE(ABORT, 'audit entries never change'); END;
CREATE TRIGGER audit_kept BEFORE DELETE ON audit_log
WHEN OLD.entry > coalesce((SELECT max(entry) FROM audit_checkpoints), 0)
BEGIN SELECT RAISE(ABORT, 'audit entries are removed behind a checkpoint only'); END;
CREATE TRIGGER audit_appended BEFORE INSERT ON audit_log
WHEN NEW.entry <> (SELECT entry + 1 FROM audit_head)
BEGIN SELECT RAISE(ABORT, 'audit entries are appended only'); END;
CREATE TRIGGER audit_head_forward BEFORE UPDATE ON audit_head
WHEN NEW.entry <> OLD.entry + 1 AND (NEW.entry <> OLD.entry OR NEW.hash <> OLD.hash)
BEGIN SELECT RAISE(ABORT, 'the head of the audit log goes forward only'); END;
CREATE TRIGGER audit_head_kept BEFORE DELETE ON audit_head
BEGIN SELECT RAISE(ABORT, 'the head of the audit log stays'); END;
CREATE TRIGGER audit_checkpoints_final BEFORE UPDATE ON audit_checkpoints
BEGIN SELECT RAISE(ABORT, 'audit checkpoints never change'); END;
CREATE TRIGGER audit_checkpoints_kept BEFORE DELETE ON audit_checkpoints
BEGIN SELECT RAISE(ABORT, 'audit checkpoints are never deleted'); END;
`,
};
