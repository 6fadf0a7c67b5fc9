import { assert } from '@node3/shared/assert';
import type { RequestOrigin } from '../request-origin.ts';
import type { EventRow } from '../rows.ts';
import { PendingTotals } from '../sql/pending-totals.ts';
import type { SpecCache } from '../sql/spec-cache.ts';
import type { Answer, Query, Tx, Value, Values, Work } from '../sql/work.ts';
import { withColumn } from './dialect.ts';

type Steps<T> = Generator<Query, T, Answer>;

const nothing: Work<void> = { [Symbol.iterator]: () => ({ next: () => over }) };
const over: IteratorReturnResult<void> = { done: true, value: undefined };

/** What a transaction hands to its works: each statement is yielded, and resumed with its answer. */
export class PostgresTx implements Tx {
  readonly pending = new PendingTotals();
  readonly specs: SpecCache;
  /** The newest number of each table that we number, as far as this transaction knows. */
  readonly newest = new Map<string, number>();
  readonly #onPost: (query: Query) => void;
  origin: RequestOrigin | null = null;
  onAnnounce: ((events: readonly EventRow[]) => void) | null = null;

  constructor(specs: SpecCache, onPost: (query: Query) => void) {
    this.specs = specs;
    this.#onPost = onPost;
  }

  *get<Row>(sql: string, ...values: Values): Steps<Row | undefined> {
    const { rows } = yield { sql, values, shape: 'records' };
    return rows[0] as Row | undefined;
  }

  *all<Row>(sql: string, ...values: Values): Steps<Row[]> {
    const { rows } = yield { sql, values, shape: 'records' };
    return rows as Row[];
  }

  *run(sql: string, ...values: Values): Steps<number> {
    const { changes } = yield { sql, values, shape: 'records' };
    return changes;
  }

  post(sql: string, ...values: Values): Work<void> {
    this.#onPost({ sql, values, shape: 'records' });
    return nothing;
  }

  *table<Row>(sql: string, ...values: Values): Steps<Row[]> {
    const { rows } = yield { sql, values, shape: 'arrays' };
    return rows as Row[];
  }

  /**
   * Only one transaction writes at a time, so the next number is one more than the newest: no
   * sequence, whose numbers a rollback would lose, and nothing to wait for but the newest, once.
   */
  *insert(column: string, sql: string, rows: readonly (readonly Value[])[]): Steps<number[]> {
    if (rows.length === 0) return [];
    const { table, text } = withColumn(sql, column);
    let newest = this.newest.get(table) ?? (yield* this.#newestOf(table, column));
    const numbers = rows.map((values) => {
      newest += 1;
      this.#onPost({ sql: text, values: [...values, newest], shape: 'records' });
      return newest;
    });
    this.newest.set(table, newest);
    return numbers;
  }

  *#newestOf(table: string, column: string): Steps<number> {
    const found = yield* this.get<{ newest: bigint }>(newestNumber(table, column));
    return Number(found?.newest ?? 0n);
  }

  announce(events: readonly EventRow[]): void {
    assert(this.onAnnounce !== null, 'events are stored inside a write only');
    this.onAnnounce(events);
  }
}

export function newestNumber(table: string, column: string): string {
  return `SELECT coalesce(max(${column}), 0) AS newest FROM ${table}`;
}

/** Runs a work to its end, asking for each of its statements. */
export async function finishWork<T>(
  work: Work<T>,
  ask: (query: Query) => Promise<Answer>,
): Promise<T> {
  const steps = work[Symbol.iterator]();
  let step = steps.next();
  while (step.done !== true) step = steps.next(await ask(step.value));
  return step.value;
}

/** Whether a statement leaves everything as it was. */
export function isRead({ sql }: Query): boolean {
  return /^\s*SELECT\b/i.test(sql);
}
