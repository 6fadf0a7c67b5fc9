import type { RequestOrigin } from '../request-origin.ts';
import type { EventRow } from '../rows.ts';
import type { PendingTotals } from './pending-totals.ts';
import type { SpecCache } from './spec-cache.ts';

/**
 * A piece of work inside one transaction, written once for every engine: a generator function that
 * calls the statements of its `Tx`, and other works, with `yield*`.
 *
 *     export function* priceOf(tx: Tx, jobId: string): Work<BaseUnits | null> {
 *       const found = yield* tx.get<{ price: BaseUnits }>('SELECT price FROM jobs WHERE job_id = ?', jobId);
 *       return found?.price ?? null;
 *     }
 *
 * An engine that answers at once (SQLite) never yields, so such a work runs to its end in one call;
 * one that waits (PostgreSQL) yields each `Query` and resumes the work with its `Answer`. So:
 * - Only the database is asked in a work, and nothing else is changed: it may run twice. What throws
 *   inside of a write undoes that write.
 * - Every call of a statement or a work stands behind `yield*`, at once. A callback of `map` can't
 *   have one: loops are `for`.
 * - Between two statements of a read others may commit, but it doesn't see that.
 */
export type Work<T> = Iterable<Query, T, Answer>;

/**
 * A work whose result is known already. Where one is run for each step of a job, a plain function
 * that hands out this, or the one statement it has, spares the generator.
 */
export function done<T>(value: T): Work<T> {
  const result: IteratorReturnResult<T> = { done: true, value };
  return { [Symbol.iterator]: () => ({ next: () => result }) };
}

export interface Query {
  sql: string;
  values: Values;
  shape: 'records' | 'arrays';
}

export interface Answer {
  rows: unknown[];
  /** Rows that were inserted, updated or deleted. */
  changes: number;
}

export type Value = string | number | bigint | Uint8Array | null;

/** One for each `?` of the text, in order, or one object with a property for each `@name` of it. */
export type Values = readonly Value[] | readonly [named: object];

/**
 * One transaction. SQL is written for both engines: `coalesce`, `CASE` instead of scalar `min` and
 * `max`, `ON CONFLICT`, no `rowid`; texts are constant and values are bound. In an upsert the stored
 * row's columns have the table's name before them (`SET n = t.n + 1`). Lists are `inTexts` and
 * `inNumbers`. `INDEXED BY name` and the plus of `+?` are SQLite's, others leave them out: with the
 * plus it doesn't compile the statement anew for each value of an order or a limit.
 * Records have integers as bigint, also 0 and 1 of what is true or false.
 */
export interface Tx {
  /** The first row, or undefined. */
  get<Row>(sql: string, ...values: Values): Work<Row | undefined>;
  all<Row>(sql: string, ...values: Values): Work<Row[]>;
  /** How many rows changed. */
  run(sql: string, ...values: Values): Work<number>;
  /**
   * As `run`, for what nobody counts. PostgreSQL sends it along with the next statement that is
   * waited for, or with the commit, so that it costs no round trip. What it violates undoes the
   * write, but is not thrown here.
   */
  post(sql: string, ...values: Values): Work<void>;
  /** Rows as arrays in the order of the columns, with integers as plain numbers, rounded past 2^53. */
  table<Row>(sql: string, ...values: Values): Work<Row[]>;
  /** Inserts one row after the other, and answers the numbers that the database gave to `column`. */
  insert(column: string, sql: string, rows: readonly (readonly Value[])[]): Work<number[]>;
  /** Notes events that this write has stored; the listener hears of them once they are on disk. */
  announce(events: readonly EventRow[]): void;
  /** Who asked for this write, from `currentOrigin()` at the time when it was asked for. */
  readonly origin: RequestOrigin | null;
  /** What the ledger knows of this transaction; gone when it is undone. */
  readonly pending: PendingTotals;
  /** What never changes may be kept from one transaction to the next; other processes write too. */
  readonly specs: SpecCache;
}
