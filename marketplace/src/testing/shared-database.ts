import type { EventBus } from '../live/event-bus.ts';
import { InProcessBus } from '../live/in-process-bus.ts';
import type { EventRow } from '../store/rows.ts';
import type { Database } from '../store/sql/database.ts';
import { createSqlStore } from '../store/sql/sql-store.ts';
import type { Tx } from '../store/sql/work.ts';
import type { SqliteDatabase } from '../store/sqlite/sqlite-database.ts';
import type { Store } from '../store/store.ts';

interface End {
  store: Store;
  bus: EventBus;
}

/**
 * One database as several replicas in this process see it: each hears of its own commits at once, and
 * of those of others by a hint.
 */
export class SharedDatabase {
  readonly #sqlite: SqliteDatabase;
  readonly #bus = new InProcessBus();
  readonly #owners = new Map<number, object>();
  readonly #listeners = new Map<object, (events: EventRow[]) => void>();

  constructor(sqlite: SqliteDatabase) {
    this.#sqlite = sqlite;
    sqlite.onEvents((events) => {
      for (const [owner, listener] of this.#listeners) {
        const own = events.filter(({ seq }) => this.#owners.get(seq) === owner);
        if (own.length > 0) listener(own);
      }
      for (const { seq } of events) this.#owners.delete(seq);
    });
  }

  /** The store and the bus of one more replica. */
  join(): End {
    const owner = {};
    const sqlite = this.#sqlite;
    const view: Database = {
      read: (work) => sqlite.read(work),
      write: (work) => sqlite.write((tx) => work(this.#ownedBy(owner, tx))),
      onEvents: (listener) => {
        this.#listeners.set(owner, listener);
      },
      commits: 0,
      close: () => sqlite.close(),
    };
    return { store: createSqlStore(view), bus: this.#bus.join() };
  }

  /** The transaction, which notes whose events it stores. One that is undone says so again. */
  #ownedBy(owner: object, tx: Tx): Tx {
    return {
      get: (sql, ...values) => tx.get(sql, ...values),
      all: (sql, ...values) => tx.all(sql, ...values),
      run: (sql, ...values) => tx.run(sql, ...values),
      post: (sql, ...values) => tx.post(sql, ...values),
      table: (sql, ...values) => tx.table(sql, ...values),
      insert: (column, sql, rows) => tx.insert(column, sql, rows),
      announce: (events) => {
        for (const { seq } of events) this.#owners.set(seq, owner);
        tx.announce(events);
      },
      pending: tx.pending,
      specs: tx.specs,
      origin: tx.origin,
    };
  }
}
