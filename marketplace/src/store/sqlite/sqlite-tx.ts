import type Database from 'better-sqlite3';
import type { RequestOrigin } from '../request-origin.ts';
import type { EventRow } from '../rows.ts';
import { PendingTotals } from '../sql/pending-totals.ts';
import { SpecCache } from '../sql/spec-cache.ts';
import type { Answer, Query, Tx, Value, Values, Work } from '../sql/work.ts';
import { statement } from './statement.ts';

/**
 * SQLite answers at once: each call runs its statement and hands over the result, so that `yield*`
 * goes on without a pause. All calls share one result object: a generator for each would cost as
 * much as a look at the statements.
 */
export class SqliteTx implements Tx {
  readonly pending = new PendingTotals();
  readonly specs = new SpecCache();
  readonly #db: Database.Database;
  readonly #result = new Result();
  origin: RequestOrigin | null = null;
  onAnnounce: ((events: readonly EventRow[]) => void) | null = null;

  constructor(db: Database.Database) {
    this.#db = db;
  }

  get<Row>(sql: string, ...values: Values): Work<Row | undefined> {
    return this.#result.of(statement(this.#db, sql).get(...values)) as Work<Row | undefined>;
  }

  all<Row>(sql: string, ...values: Values): Work<Row[]> {
    return this.#result.of(statement(this.#db, sql).all(...values)) as Work<Row[]>;
  }

  run(sql: string, ...values: Values): Work<number> {
    return this.#result.of(statement(this.#db, sql).run(...values).changes) as Work<number>;
  }

  post(sql: string, ...values: Values): Work<void> {
    statement(this.#db, sql).run(...values);
    return this.#result.of(undefined) as Work<void>;
  }

  table<Row>(sql: string, ...values: Values): Work<Row[]> {
    return this.#result.of(arrayStatement(this.#db, sql).all(...values)) as Work<Row[]>;
  }

  insert(_column: string, sql: string, rows: readonly (readonly Value[])[]): Work<number[]> {
    const one = statement(this.#db, sql);
    const numbers = rows.map((values) => Number(one.run(...values).lastInsertRowid));
    return this.#result.of(numbers) as Work<number[]>;
  }

  /** Runs a work to its end: it never pauses here. */
  finish<T>(work: Work<T>): T {
    const step = work[Symbol.iterator]().next();
    if (step.done !== true) throw new Error('SQLite answers every statement at once');
    this.#result.assertTaken();
    return step.value;
  }

  announce(events: readonly EventRow[]): void {
    this.onAnnounce?.(events);
  }
}

const known = new WeakMap<Database.Database, SqliteTx>();

/** The works' side of a connection: lets code in the old style call works. */
export function txOf(db: Database.Database): SqliteTx {
  let tx = known.get(db);
  if (tx === undefined) {
    tx = new SqliteTx(db);
    known.set(db, tx);
  }
  return tx;
}

/** At once the iterable, its iterator and its one step, which is the last. */
class Result implements Iterator<Query, unknown, Answer> {
  readonly done = true;
  value: unknown;
  #isTaken = true;

  of(value: unknown): this {
    this.assertTaken();
    this.#isTaken = false;
    this.value = value;
    return this;
  }

  assertTaken(): void {
    if (this.#isTaken) return;
    this.#isTaken = true;
    throw new Error('a statement ran without yield*');
  }

  [Symbol.iterator](): this {
    return this;
  }

  next(): this {
    this.#isTaken = true;
    return this;
  }
}

const arrays = new WeakMap<Database.Database, Map<string, Database.Statement>>();

/** A second statement of the same text: objects of bigint take three times as long (2026-11-26). */
function arrayStatement(db: Database.Database, sql: string): Database.Statement {
  let ofDatabase = arrays.get(db);
  if (ofDatabase === undefined) {
    ofDatabase = new Map();
    arrays.set(db, ofDatabase);
  }
  let found = ofDatabase.get(sql);
  if (found === undefined) {
    found = db.prepare(sql).raw().safeIntegers(false);
    ofDatabase.set(sql, found);
  }
  return found;
}
