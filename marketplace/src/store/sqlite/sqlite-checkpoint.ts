import type { Logger } from '@node3/shared/logger';
import type Database from 'better-sqlite3';

/**
 * How many pages of 4 KiB the log holds before they move into the database: pages that every commit
 * changes move once for many commits, and a start after a crash still reads the log in well under
 * a second.
 */
const logPagesMax = 4_096;
/** Looking costs as much as a write of its own: what a few commits or full ones add meanwhile is little. */
const lookAfter = { commits: 16, writes: 256 };

interface LogSize {
  busy: bigint;
  log: bigint;
}

export interface Checkpoint {
  /** After each commit: moves the log into the database when it is long. */
  afterCommit(writes: number): void;
  /** On a full disk: what is moved leaves the log to be written anew, which needs no further room. */
  makeRoom(): void;
}

/**
 * Moves the log into the database when it is long. SQLite's own way is inside of a commit, whose
 * writers then wait for the two flushes it takes; called after they were answered, nobody waits for
 * it but the next turn. Like there, one that fails loses nothing and is tried again.
 */
export function createCheckpoint(db: Database.Database, log: Logger): Checkpoint {
  const look = db.prepare<[], LogSize>('PRAGMA wal_checkpoint(NOOP)');
  const move = db.prepare<[], LogSize>('PRAGMA wal_checkpoint(PASSIVE)');
  let since = { commits: 0, writes: 0 };
  return {
    afterCommit(writes) {
      since = { commits: since.commits + 1, writes: since.writes + writes };
      if (since.commits < lookAfter.commits && since.writes < lookAfter.writes) return;
      since = { commits: 0, writes: 0 };
      try {
        const pages = Number(look.get()?.log ?? 0n);
        if (pages >= logPagesMax) move.get();
      } catch (error) {
        log.warn({ err: error }, 'the log was not moved into the database');
      }
    },
    makeRoom() {
      try {
        move.get();
      } catch (error) {
        log.debug({ err: error }, 'the log was not moved into a database on a full disk');
      }
    },
  };
}
