import { chmodSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { assert } from '@node3/shared/assert';
import Database from 'better-sqlite3';

/**
 * Pages of 4 KiB that the log of the journal has before they move into its file: most of what a chatty
 * job writes is deleted again before that.
 */
const logPagesMax = 4_096;

/** Another process has the journal: two agents on one data directory would both run the jobs. */
export class JournalLockedError extends Error {
  override readonly name = 'JournalLockedError';
}

/**
 * Opens the journal for this process alone. The library opens existing WAL files with
 * synchronous=NORMAL, which loses acknowledged commits at a power cut, so every setting is set
 * and read back at every open. EXCLUSIVE also avoids the shared-memory file, whose page faults
 * kill the process on a full disk.
 */
export function openDatabase(path: string): Database.Database {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const db = new Database(path, { timeout: 0 });
  try {
    chmodSync(path, 0o600);
    db.pragma('locking_mode = EXCLUSIVE');
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = FULL');
    db.pragma('foreign_keys = ON');
    db.pragma(`wal_autocheckpoint = ${logPagesMax}`);
    assert(db.pragma('journal_mode', { simple: true }) === 'wal', 'the journal uses WAL');
    assert(db.pragma('synchronous', { simple: true }) === 2, 'the journal syncs every commit');
    assert(db.pragma('foreign_keys', { simple: true }) === 1, 'foreign keys are on');
    assert(db.pragma('locking_mode', { simple: true }) === 'exclusive', 'the journal is ours');
    // The lock is taken by the first write, and must be held before anything is promised.
    db.exec('BEGIN IMMEDIATE; COMMIT');
    return db;
  } catch (error) {
    db.close();
    if (isBusy(error)) {
      const why = `Another agent uses ${path}. Stop it, or set AGENT_DATA_DIR to another folder.`;
      throw new JournalLockedError(why, { cause: error });
    }
    throw error;
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY');
}
