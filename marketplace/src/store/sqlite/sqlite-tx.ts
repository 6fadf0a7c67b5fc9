import type Database from 'better-sqlite3';
import type { RequestOrigin } from '../request-origin.ts';
import type { EventRow } from '../rows.ts';
import { PendingTotals } from '../sql/pending-totals.ts';
import { SpecCache } from '../sql/spec-cache.ts';
import type { Answer, Query, Tx, Value, Values, Work } from '../sql/work.ts';

/**
 * SQLite answers at once: each call runs its statement and hands over the result, so that `yield*`
 * goes on without a pause. All calls share one result object: a generator for each would cost as
 * much as a look at the statements.
 */
export class SqliteTx implements Tx {
  readonly pending = new PendingTotals();
  readonly specs = new SpecCache();
  origin: RequestOrigin | null = null;
  readonly #db: Database.Database;
  readonly #announce: (events: readonly EventRow[]) => void;
  readonly #statements = new Map<string, Database.Statement>();
  readonly #tables = new Map<string, Database.Statement>();
  readonly #result = new Result();

  constructor(db: Database.Database, announce: (events: readonly EventRow[]) => void) {
    this.#db = db;
    this.#announce = announce;
  }

  get<Row>(sql: string, ...values: Values): Work<Row | undefined> {
    return this.#result.of(this.#statement(sql).get(...values)) as Work<Row | undefined>;
  }

  all<Row>(sql: string, ...values: Values): Work<Row[]> {
    return this.#result.of(this.#statement(sql).all(...values)) as Work<Row[]>;
  }

  run(sql: string, ...values: Values): Work<number> {
    return this.#result.of(this.#statement(sql).run(...values).changes) as Work<number>;
  }

  post(sql: string, ...values: Values): Work<void> {
    this.#statement(sql).run(...values);
    return this.#result.of(undefined) as Work<void>;
  }

  table<Row>(sql: string, ...values: Values): Work<Row[]> {
    return this.#result.of(this.#tableStatement(sql).all(...values)) as Work<Row[]>;
  }

  insert(_column: string, sql: string, rows: readonly (readonly Value[])[]): Work<number[]> {
    const one = this.#statement(sql);
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
    this.#announce(events);
  }

  preparedTexts(): string[] {
    return [...this.#statements.keys(), ...this.#tables.keys()];
  }

  /** Compiled once: texts are constant, so their number is bounded by the source code. */
  #statement(sql: string): Database.Statement {
    let found = this.#statements.get(sql);
    if (found === undefined) {
      found = this.#db.prepare(sql);
      this.#statements.set(sql, found);
    }
    return found;
  }

  /** Objects of bigint take three times as long as arrays of numbers (2026-11-26). */
  #tableStatement(sql: string): Database.Statement {
    let found = this.#tables.get(sql);
    if (found === undefined) {
      found = this.#db.prepare(sql).raw().safeIntegers(false);
      this.#tables.set(sql, found);
    }
    return found;
  }
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
