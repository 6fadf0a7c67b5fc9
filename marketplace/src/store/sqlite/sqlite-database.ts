import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { MarketError } from '@node3/shared/error';
import type { Logger } from '@node3/shared/logger';
import Database from 'better-sqlite3';
import { currentOrigin, type RequestOrigin } from '../request-origin.ts';
import type { EventRow } from '../rows.ts';
import type * as sql from '../sql/database.ts';
import type { Tx, Work } from '../sql/work.ts';
import { storageFull } from '../storage-full.ts';
import { migrate } from './migrate.ts';
import { type Checkpoint, createCheckpoint } from './sqlite-checkpoint.ts';
import { setPragmas } from './sqlite-pragmas.ts';
import { SqliteTx } from './sqlite-tx.ts';

export interface SqliteDatabaseOptions {
  /** A file path; tests may pass `:memory:`. */
  path: string;
  log: Logger;
  /**
   * Called once when a commit threw for another reason than a full disk. What it contained is unknown,
   * so the process has to end and come back through recovery; nothing is retried on the same handle.
   */
  onFatal(error: unknown): void;
  /** Called with each SQL statement before it runs: lets tests stop the world between any two. */
  onStatement?(sql: string): void;
}

interface QueuedWrite {
  run(): unknown;
  resolve(value: unknown): void;
  reject(error: unknown): void;
  events: EventRow[];
  origin: RequestOrigin | null;
}

/** Pages of a backup in one turn: a quarter of a megabyte in one or two milliseconds. */
const backupPages = 64;
/** How many writes share one commit at most: bounds the time a reader waits. */
const writesPerCommitMax = 512;
/** After a write was refused, so many commits keep their writes apart before they try without. */
const commitsApart = 32;
/** While the disk is full, how often its log is moved to make room, milliseconds. */
const makeRoomMs = 1_000;
/** How long an opening waits for the lock of a process that is just ending. */
const lockWaitMs = 1_000;

/**
 * One SQLite file with group commit: writes that arrive in the same turn of the event loop run in
 * one transaction and are answered after the one fsync they share. They run without savepoints,
 * each of which costs a copy of every page that is then changed; when one of them throws, everything
 * is undone and runs once more with a savepoint for each. So works may run twice: what they change
 * outside of the database would happen twice.
 */
export class SqliteDatabase implements sql.Database {
  readonly #db: Database.Database;
  readonly #options: SqliteDatabaseOptions;
  readonly #control: Record<
    'begin' | 'commit' | 'rollBack' | 'save' | 'release' | 'undo',
    Database.Statement
  >;
  readonly #checkpoint: Checkpoint;
  readonly #tx: SqliteTx;
  #apart = 0;
  #queue: QueuedWrite[] = [];
  #scheduled = false;
  #current: QueuedWrite | null = null;
  #failed: unknown = null;
  /** Since when the disk is full, and when its log was last moved to make room; milliseconds. */
  #full: { sinceMs: number; movedAtMs: number } | null = null;
  #closed = false;
  #commits = 0;
  #listener: ((events: EventRow[]) => void) | null = null;

  constructor(options: SqliteDatabaseOptions) {
    this.#options = options;
    this.#db = openFile(options);
    this.#control = {
      begin: this.#db.prepare('BEGIN IMMEDIATE'),
      commit: this.#db.prepare('COMMIT'),
      rollBack: this.#db.prepare('ROLLBACK'),
      save: this.#db.prepare('SAVEPOINT one_write'),
      release: this.#db.prepare('RELEASE one_write'),
      undo: this.#db.prepare('ROLLBACK TO one_write'),
    };
    this.#tx = new SqliteTx(this.#db, (events) => this.#announce(events));
    this.#checkpoint = createCheckpoint(this.#db, options.log);
  }

  /**
   * Ends the leases of whoever worked before. Only right after opening: the lock on the file
   * proves that nobody else is alive, so a killed process's leases need not run out.
   */
  forgetLeases(): void {
    this.#db.exec('DELETE FROM payout_lease; DELETE FROM worker_leases; DELETE FROM replicas');
  }

  get commits(): number {
    return this.#commits;
  }

  /** Runs a read at once. Sees every committed write and none that is still queued. */
  async read<T>(work: (tx: Tx) => Work<T>): Promise<T> {
    this.#assertUsable();
    return this.#tx.finish(work(this.#tx));
  }

  write<T>(work: (tx: Tx) => Work<T>): Promise<T> {
    return this.#enqueue(() => this.#tx.finish(work(this.#tx)));
  }

  /** For tests and tools that look at SQLite itself. */
  readRaw<T>(read: (db: Database.Database) => T): T {
    this.#assertUsable();
    return read(this.#db);
  }

  /** The same in the queue of the writes. */
  writeRaw<T>(write: (db: Database.Database) => T): Promise<T> {
    return this.#enqueue(() => write(this.#db));
  }

  /** Every SQL text compiled so far, so that a test can look at all their plans. */
  preparedTexts(): string[] {
    return this.#tx.preparedTexts();
  }

  #enqueue<T>(run: () => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      try {
        this.#assertUsable();
      } catch (error) {
        reject(error);
        return;
      }
      this.#queue.push({
        run,
        resolve: (value) => resolve(value as T),
        reject,
        events: [],
        origin: currentOrigin(),
      });
      this.#schedule();
    });
  }

  #announce(events: readonly EventRow[]): void {
    if (this.#current === null) throw new Error('events are stored inside a write only');
    this.#current.events.push(...events);
  }

  /** A few pages in each turn of the loop; what is written meanwhile is in it, too. */
  async backUp(file: string): Promise<void> {
    this.#assertUsable();
    if (existsSync(file)) throw new Error(`${file} exists already.`);
    try {
      await this.#db.backup(file, { progress: () => backupPages });
    } catch (error) {
      throw isFull(error) ? storageFull(error) : error;
    }
  }

  onEvents(listener: (events: EventRow[]) => void): void {
    this.#listener = listener;
  }

  /** Finishes what is queued, then closes the file: all of it in this call. */
  async close(): Promise<void> {
    if (this.#closed) return;
    while (this.#queue.length > 0 && this.#failed === null) this.#flush();
    this.#closed = true;
    this.#db.close();
  }

  #assertUsable(): void {
    if (this.#failed !== null || this.#closed) throw new MarketError('STORE_UNAVAILABLE');
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      if (this.#queue.length > 0 && !this.#closed) this.#flush();
      if (this.#queue.length > 0 && !this.#closed) this.#schedule();
    });
  }

  #flush(): void {
    const batch = this.#queue.splice(0, writesPerCommitMax);
    let settled: (() => void)[];
    try {
      this.#control.begin.run();
      settled = this.#runTogether(batch) ?? batch.map((write) => this.#runApart(write));
      this.#control.commit.run();
      this.#commits += 1;
    } catch (error) {
      if (isFull(error)) this.#refuse(error, batch);
      else this.#fail(error, batch);
      return;
    }
    this.#noteRoom();
    this.#tellListener(batch.flatMap((write) => write.events));
    for (const settle of settled) settle();
    this.#checkpoint.afterCommit(batch.length);
  }

  /** null: one of them threw, and none of them has happened. */
  #runTogether(batch: readonly QueuedWrite[]): (() => void)[] | null {
    if (this.#apart > 0) {
      this.#apart -= 1;
      return null;
    }
    const settled: (() => void)[] = [];
    this.#tx.pending.forget();
    try {
      for (const write of batch) {
        this.#current = write;
        this.#tx.origin = write.origin;
        const value = write.run();
        settled.push(() => write.resolve(value));
      }
      this.#tx.finish(this.#tx.pending.settle(this.#tx));
      return settled;
    } catch (error) {
      if (isFatal(error) || !this.#db.inTransaction) throw error;
      this.#control.rollBack.run();
      this.#control.begin.run();
      for (const write of batch) write.events.length = 0;
      this.#apart = commitsApart;
      return null;
    } finally {
      this.#current = null;
      this.#tx.origin = null;
    }
  }

  #runApart(write: QueuedWrite): () => void {
    this.#control.save.run();
    this.#current = write;
    this.#tx.origin = write.origin;
    this.#tx.pending.forget();
    try {
      const value = write.run();
      this.#tx.finish(this.#tx.pending.settle(this.#tx));
      this.#control.release.run();
      return () => write.resolve(value);
    } catch (error) {
      if (isFatal(error) || !this.#db.inTransaction) throw error;
      this.#control.undo.run();
      this.#control.release.run();
      write.events.length = 0;
      return () => write.reject(error);
    } finally {
      this.#current = null;
      this.#tx.origin = null;
    }
  }

  #tellListener(events: EventRow[]): void {
    if (events.length === 0 || this.#listener === null) return;
    try {
      this.#listener(events);
    } catch (error) {
      // The events are stored; a listener that fails must not leave writers without an answer.
      this.#options.log.error({ err: error, events: events.length }, 'event listener failed');
    }
  }

  /** The disk is full: this batch has not happened, and the next one may find room. */
  #refuse(error: unknown, batch: QueuedWrite[]): void {
    this.#rollBack();
    if (this.#db.inTransaction) {
      this.#fail(error, batch);
      return;
    }
    for (const write of batch) write.reject(storageFull(error));
    const nowMs = performance.now();
    if (this.#full === null) {
      this.#options.log.error({ err: error, writes: batch.length }, 'the disk is full');
      this.#full = { sinceMs: nowMs, movedAtMs: Number.NEGATIVE_INFINITY };
    }
    if (nowMs - this.#full.movedAtMs < makeRoomMs) return;
    this.#full.movedAtMs = nowMs;
    this.#checkpoint.makeRoom();
  }

  #noteRoom(): void {
    if (this.#full === null) return;
    const fullMs = Math.round(performance.now() - this.#full.sinceMs);
    this.#full = null;
    this.#options.log.warn({ fullMs }, 'writes find room on the disk again');
  }

  #fail(error: unknown, batch: QueuedWrite[]): void {
    this.#failed = error;
    this.#rollBack();
    this.#options.log.fatal({ err: error, writes: batch.length }, 'commit failed');
    const unknown = new MarketError('STORE_UNAVAILABLE', {}, { cause: error });
    for (const write of [...batch, ...this.#queue.splice(0)]) write.reject(unknown);
    this.#options.onFatal(error);
  }

  #rollBack(): void {
    if (!this.#db.inTransaction) return;
    try {
      this.#db.exec('ROLLBACK');
    } catch (error) {
      this.#options.log.warn({ err: error }, 'rollback failed');
    }
  }
}

function openFile(options: SqliteDatabaseOptions): Database.Database {
  const { path } = options;
  if (!existsSync(dirname(path))) {
    const detail = `There is no folder for the database ${path}. Make it, or name another file; an absolute path is sqlite:////…, with four slashes.`;
    throw new MarketError('SERVICE_MISCONFIGURED', { detail });
  }
  const db = new Database(path, {
    timeout: lockWaitMs,
    ...(options.onStatement === undefined
      ? {}
      : { verbose: (sql) => options.onStatement?.(String(sql)) }),
  });
  try {
    db.defaultSafeIntegers(true);
    setPragmas(db);
    migrate(db);
  } catch (error) {
    db.close();
    if (!isBusy(error)) throw error;
    const message = `Another process uses the database ${path}. Stop it, or give this one a file of its own.`;
    throw new Error(message, { cause: error });
  }
  return db;
}

/** After these, what is on the disk is no longer what SQLite believes; statements that follow mean nothing. */
const fatalCodes = /^SQLITE_(IOERR|CORRUPT|FULL|NOTADB|NOMEM|READONLY|CANTOPEN|PROTOCOL)/;

function isFatal(error: unknown): boolean {
  return error instanceof Database.SqliteError && fatalCodes.test(error.code);
}

/**
 * A write got ENOSPC. In the log that is before the frame that commits is whole, and no flush was asked
 * for yet; so, unlike after any other failed commit, it is known that nothing has happened.
 */
function isFull(error: unknown): boolean {
  return error instanceof Database.SqliteError && error.code === 'SQLITE_FULL';
}

function isBusy(error: unknown): boolean {
  return error instanceof Database.SqliteError && /^SQLITE_(BUSY|LOCKED)/.test(error.code);
}
