import { assert } from '@node3/shared/assert';
import type { Database } from 'better-sqlite3';

/** Applied in order, each once; a released one is never edited. `user_version` counts them. */
const migrations: readonly string[] = [
  `
  CREATE TABLE setting (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE execution (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    execution_id TEXT NOT NULL UNIQUE,
    offer TEXT NOT NULL,
    phase TEXT NOT NULL CHECK (
      phase IN ('offered', 'accepted', 'preparing', 'starting', 'running', 'ended')),
    executor TEXT,
    isolation TEXT,
    image_digest TEXT,
    offered_at_ms INTEGER NOT NULL,
    started_at_ms INTEGER,
    finished_at_ms INTEGER,
    lease_until_boot_ms REAL,
    boot_id TEXT,
    result TEXT,
    pending TEXT CHECK (pending IN ('result', 'release')),
    closed TEXT CHECK (closed IN ('reported', 'released', 'superseded')),
    lines_spooled INTEGER NOT NULL DEFAULT 0,
    lines_bytes INTEGER NOT NULL DEFAULT 0,
    lines_acked INTEGER NOT NULL DEFAULT 0,
    lines_truncated INTEGER NOT NULL DEFAULT 0,
    CHECK (pending IS NULL OR closed IS NULL),
    CHECK (pending IS NOT 'result' OR result IS NOT NULL)
  ) STRICT;
  CREATE INDEX execution_open ON execution (position) WHERE closed IS NULL;

  CREATE TABLE log_line (
    execution_id TEXT NOT NULL REFERENCES execution (execution_id) ON DELETE CASCADE,
    seq INTEGER NOT NULL,
    stream TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    text TEXT NOT NULL,
    partial INTEGER NOT NULL,
    PRIMARY KEY (execution_id, seq)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  ALTER TABLE execution ADD COLUMN run_devices TEXT;

  CREATE TABLE earning (
    execution_id TEXT NOT NULL,
    job_id TEXT NOT NULL,
    device_id TEXT NOT NULL,
    model TEXT,
    at_ms INTEGER NOT NULL,
    run_ms INTEGER NOT NULL,
    asset TEXT NOT NULL,
    amount TEXT NOT NULL,
    expected TEXT,
    energy_wh REAL,
    energy_usd REAL,
    PRIMARY KEY (execution_id, device_id)
  ) STRICT;

  CREATE TABLE device_total (
    device_id TEXT PRIMARY KEY,
    totals TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
  `
  CREATE TABLE log_batch (
    execution_id TEXT NOT NULL REFERENCES execution (execution_id) ON DELETE CASCADE,
    seq_first INTEGER NOT NULL,
    seq_last INTEGER NOT NULL,
    lines TEXT NOT NULL,
    PRIMARY KEY (execution_id, seq_last)
  ) STRICT;
  INSERT INTO log_batch
    SELECT execution_id, seq, seq, json_array(json_array(stream, at_ms, text, partial))
    FROM log_line;
  DROP TABLE log_line;
  `,
  `
  ALTER TABLE execution ADD COLUMN lines_read TEXT;
  `,
  // An older agent could not read what is written from now on.
  `
  ALTER TABLE log_batch RENAME COLUMN lines TO body;
  `,
  // From now on bytes, with what they are beside them, and an empty body.
  `
  ALTER TABLE log_batch ADD COLUMN blocks TEXT;
  ALTER TABLE log_batch ADD COLUMN bytes BLOB;
  `,
];

/** @throws when the file was written by a newer version of the agent. */
export function migrate(db: Database): void {
  const applied = Number(db.pragma('user_version', { simple: true }));
  assert(applied <= migrations.length, 'the journal was written by a newer agent: update this one');
  for (const [index, sql] of migrations.entries()) {
    if (index < applied) continue;
    db.transaction(() => {
      db.exec(sql);
      db.pragma(`user_version = ${index + 1}`);
    }).immediate();
  }
}
