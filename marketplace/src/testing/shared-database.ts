import type { EventBus } from '../live/event-bus.ts';
import { InProcessBus } from '../live/in-process-bus.ts';
import type { EventRow } from '../store/rows.ts';
import type { Database } from '../store/sql/database.ts';
import { createSqlStore } from '../store/sql/sql-store.ts';
import type { Tx } from '../store/sql/work.ts';
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
  readonly #database: Database;
  readonly #bus = new InProcessBus();
  readonly #owners = new Map<number, object>();
  readonly #listeners = new Map<object, (events: EventRow[]) => void>();

  constructor(database: Database) {
    this.#database = database;
    database.onEvents((events) => {
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
    const database = this.#database;
    // A write that is undone runs again, and says so again.
    const note = (events: readonly EventRow[]) => {
      for (const { seq } of events) this.#owners.set(seq, owner);
    };
    const store = createSqlStore({
      read: (work) => database.read(work),
      write: (work) => database.write((tx) => work(heard(tx, note))),
      onEvents: (listener) => {
        this.#listeners.set(owner, listener);
      },
      backUp: (file) => database.backUp(file),
      get commits() {
        return database.commits;
      },
      // The others go on.
      close: async () => {
        this.#listeners.delete(owner);
      },
    });
    return { store, bus: this.#bus.join() };
  }
}

/** The same transaction; somebody hears of the events that it stores. */
function heard(tx: Tx, note: (events: readonly EventRow[]) => void): Tx {
  return {
    get: (sql, ...values) => tx.get(sql, ...values),
    all: (sql, ...values) => tx.all(sql, ...values),
    run: (sql, ...values) => tx.run(sql, ...values),
    post: (sql, ...values) => tx.post(sql, ...values),
    table: (sql, ...values) => tx.table(sql, ...values),
    insert: (column, sql, rows) => tx.insert(column, sql, rows),
    announce(events) {
      note(events);
      tx.announce(events);
    },
    pending: tx.pending,
    specs: tx.specs,
    origin: tx.origin,
  };
}
