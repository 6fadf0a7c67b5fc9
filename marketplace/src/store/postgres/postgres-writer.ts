import { MarketError } from '@node3/shared/error';
import { limits } from '@node3/shared/limits';
import type { Logger } from '@node3/shared/logger';
import { currentOrigin, type RequestOrigin } from '../request-origin.ts';
import type { EventRow } from '../rows.ts';
import type { SpecCache } from '../sql/spec-cache.ts';
import type { Tx, Work } from '../sql/work.ts';
import { DatabaseAway, tooMany, unavailable } from './database-errors.ts';
import { pause, reconnectPauses } from './pause.ts';
import type { PostgresConnection } from './postgres-connection.ts';
import { runBatch } from './run-batch.ts';
import { WriteTransaction } from './write-transaction.ts';
import { readCommits } from './writer-commits.ts';

export interface WriterOptions {
  /** Of this process alone: marks its commits. */
  writerId: string;
  specs: SpecCache;
  log: Logger;
  connect(): Promise<PostgresConnection>;
  onCommitted(events: EventRow[]): void;
  /** Writes were answered as unknown, and are found to have happened: what we have in memory is wrong. */
  onFatal(error: unknown): void;
  waits?: Waits;
}

export interface Waits {
  /**
   * How long a write waits for its turn, from when it was asked; and how long the database may be silent
   * while it is asked, or wait for a lock. So does a read.
   */
  writeMs: number;
  /** The same for one whose commit was under way: it may have happened. */
  unknownMs: number;
}

export const waitsDefault: Waits = { writeMs: 5_000, unknownMs: 30_000 };

export interface QueuedWrite {
  work: (tx: Tx) => Work<unknown>;
  resolve(value: unknown): void;
  reject(error: unknown): void;
  askedAtMs: number;
  origin: RequestOrigin | null;
  isAnswered: boolean;
}

/** A batch that has run: what to tell once it is committed. */
export interface Outcome {
  events: EventRow[];
  settle: (() => void)[];
  /** What came too late for this transaction and waits for the next. */
  rest: QueuedWrite[];
}

interface UnknownCommit {
  commits: number;
  batch: QueuedWrite[];
  outcome: Outcome;
}

/** How many writes share one commit at most: others wait for the lock meanwhile. */
const writesPerCommitMax = 128;
/** How often those that wait are looked at. */
const lookMs = 250;
/** After a write was undone, so many commits keep their writes apart before they try without. */
const commitsApart = 8;

/**
 * The writes of this process, in one connection and one after the other: those that were asked for
 * while a commit was under way share the next one. When the connection is lost before a commit, the
 * batch runs again on a new one. When it is lost in a commit, what the database noted about our
 * commits says whether it happened.
 */
export class PostgresWriter {
  readonly #options: WriterOptions;
  readonly #waits: Waits;
  #queue: QueuedWrite[] = [];
  #connection: PostgresConnection | null = null;
  #unknown: UnknownCommit | null = null;
  #running: Promise<void> | null = null;
  #apart = 0;
  #alone = 0;
  #commits = 0;
  #roundTrips = 0;
  #isClosed = false;

  constructor(options: WriterOptions) {
    this.#options = options;
    this.#waits = options.waits ?? waitsDefault;
  }

  get commits(): number {
    return this.#commits;
  }

  get roundTrips(): number {
    return this.#roundTrips + (this.#connection?.roundTrips ?? 0);
  }

  /** Uses the connection that opening the store has made. */
  start(connection: PostgresConnection): void {
    this.#connection = connection;
  }

  write<T>(work: (tx: Tx) => Work<T>): Promise<T> {
    if (this.#isClosed) return Promise.reject(new MarketError('STORE_UNAVAILABLE'));
    if (this.#queue.length >= limits.storeWritesWaiting) return Promise.reject(tooMany('changes'));
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const write: QueuedWrite = {
      work,
      resolve,
      reject,
      askedAtMs: performance.now(),
      origin: currentOrigin(),
      isAnswered: false,
    };
    this.#queue.push(write);
    this.#running ??= this.#runQueue();
    return promise;
  }

  /** Finishes what is queued, as long as the database is there for it. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#running;
    this.#dropConnection();
  }

  async #runQueue(): Promise<void> {
    // What is asked for in the same turn shares the first commit.
    await new Promise((resolve) => setImmediate(resolve));
    let failures = 0;
    const looks = setInterval(() => this.#giveUpLate(null), Math.min(lookMs, this.#waits.writeMs));
    while (this.#queue.length > 0 || this.#hasUnanswered()) {
      try {
        await this.#runNext();
        failures = 0;
      } catch (error) {
        this.#giveUpLate(error);
        await pause(reconnectPauses(failures));
        failures += 1;
      }
    }
    clearInterval(looks);
    this.#running = null;
  }

  /** Throws `DatabaseAway` when it has to be tried again. */
  async #runNext(): Promise<void> {
    const connection = await this.#connected();
    const batch = this.#queue.splice(0, this.#alone > 0 ? 1 : writesPerCommitMax);
    if (batch.length === 0) return;
    const mode = batch.length > 1 && this.#apart > 0 ? 'apart' : 'together';
    this.#alone = Math.max(0, this.#alone - 1);
    this.#apart = Math.max(0, this.#apart - 1);
    const transaction = new WriteTransaction(connection, this.#options.specs);
    let outcome: Outcome;
    try {
      outcome = await runBatch(transaction, batch, mode);
    } catch (error) {
      this.#queue.unshift(...batch);
      await this.#afterFailure(transaction, batch, error);
      return;
    }
    this.#queue.unshift(...outcome.rest);
    await this.#commit(transaction, batch.slice(0, outcome.settle.length), outcome);
  }

  async #commit(transaction: WriteTransaction, batch: QueuedWrite[], outcome: Outcome) {
    try {
      await transaction.commit(this.#options.writerId, this.#commits + 1);
    } catch (error) {
      const doubt = await doubtAbout(transaction, error);
      if (doubt !== null) {
        this.#dropConnection();
        this.#unknown = { commits: this.#commits + 1, batch, outcome };
        throw doubt;
      }
      this.#queue.unshift(...batch);
      await this.#afterFailure(transaction, batch, error);
      return;
    }
    this.#committed(outcome);
  }

  #committed({ events, settle }: Outcome): void {
    this.#commits += 1;
    this.#tellListener(events);
    for (const tell of settle) tell();
  }

  /** A write was refused by the database itself: the next try keeps them apart, a single one is answered. */
  async #afterFailure(transaction: WriteTransaction, batch: QueuedWrite[], error: unknown) {
    if (error instanceof DatabaseAway) {
      // Should one of them be why it was lost, the others are not lost with it again and again.
      this.#alone = batch.length;
      throw error;
    }
    await transaction.rollBack();
    // Apart already, and still not together: each in a transaction of its own.
    if (this.#apart > 0) this.#alone = batch.length;
    this.#apart = commitsApart;
    if (batch.length > 1) return;
    // It may have waited too long meanwhile, and be gone.
    this.#queue = this.#queue.filter((write) => write !== batch[0]);
    this.#answer(batch[0], error);
  }

  async #connected(): Promise<PostgresConnection> {
    if (this.#connection?.isUsable === true) return this.#connection;
    this.#dropConnection();
    const connection = await this.#options.connect();
    this.#connection = connection;
    try {
      if (this.#unknown !== null) await this.#settleUnknown(connection, this.#unknown);
      return connection;
    } catch (error) {
      this.#dropConnection();
      throw error;
    }
  }

  async #settleUnknown(connection: PostgresConnection, unknown: UnknownCommit): Promise<void> {
    const committed = await readCommits(connection, this.#options.writerId);
    this.#unknown = null;
    const { batch, outcome } = unknown;
    if (committed < unknown.commits) {
      this.#options.log.warn(
        { writes: batch.length },
        'a commit was lost with its connection; again',
      );
      this.#queue.unshift(...batch.filter(({ isAnswered }) => !isAnswered));
      return;
    }
    this.#options.log.warn({ writes: batch.length }, 'a commit was stored, its answer was lost');
    const isLate = batch.some(({ isAnswered }) => isAnswered);
    this.#committed(outcome);
    if (isLate)
      this.#options.onFatal(new Error('a commit was answered as unknown and has happened'));
  }

  /** Answers those that have waited long enough. `error`: why the database is away, as far as is known. */
  #giveUpLate(error: unknown): void {
    if (error !== null) {
      this.#options.log.warn({ err: error, writes: this.#queue.length }, 'the database is away');
    }
    const { writeMs, unknownMs } = this.#waits;
    const now = performance.now();
    const isLate = (waitMs: number) => (write: QueuedWrite) => now - write.askedAtMs >= waitMs;
    const late = new Set(this.#queue.filter(isLate(writeMs)));
    if (late.size > 0) this.#queue = this.#queue.filter((write) => !late.has(write));
    const unknown = this.#unknown?.batch.filter(isLate(unknownMs)) ?? [];
    for (const write of [...late, ...unknown]) this.#answer(write, unavailable(error));
  }

  #answer(write: QueuedWrite | undefined, error: unknown): void {
    if (write === undefined || write.isAnswered) return;
    write.isAnswered = true;
    write.reject(error);
  }

  #hasUnanswered(): boolean {
    return this.#unknown?.batch.some(({ isAnswered }) => !isAnswered) ?? false;
  }

  #tellListener(events: EventRow[]): void {
    if (events.length === 0) return;
    try {
      this.#options.onCommitted(events);
    } catch (error) {
      // The events are stored; a listener that fails must not leave writers without an answer.
      this.#options.log.error({ err: error, events: events.length }, 'event listener failed');
    }
  }

  #dropConnection(): void {
    this.#roundTrips += this.#connection?.roundTrips ?? 0;
    this.#connection?.close();
    this.#connection = null;
  }
}

/**
 * Why nobody knows whether a commit that failed has happened; null where it was undone. A server without
 * room for its log may say so, end, and have the commit all the same: only one that still answers has
 * undone it.
 */
async function doubtAbout(transaction: WriteTransaction, error: unknown): Promise<unknown> {
  if (error instanceof DatabaseAway) return error;
  try {
    await transaction.rollBack();
    return null;
  } catch (lost) {
    return lost;
  }
}
