import type { EventBus } from '../live/event-bus.ts';
import { InProcessBus } from '../live/in-process-bus.ts';
import type { EventRow } from '../store/rows.ts';
import type { SqliteDatabase } from '../store/sqlite/sqlite-database.ts';
import { createSqliteStore } from '../store/sqlite/sqlite-store.ts';
import { type SqliteTx, txOf } from '../store/sqlite/sqlite-tx.ts';
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
    const view: Pick<SqliteDatabase, 'read' | 'write' | 'works' | 'onEvents'> = {
      read: (work) => sqlite.read(work),
      write: (work) => sqlite.write((db) => this.#own(owner, txOf(db), () => work(db))),
      works: () => ({
        ...sqlite.works(),
        write: (work) => view.write((db) => txOf(db).finish(work(txOf(db)))),
        onEvents: (listener) => view.onEvents(listener),
      }),
      onEvents: (listener) => {
        this.#listeners.set(owner, listener);
      },
    };
    return { store: createSqliteStore(view as SqliteDatabase), bus: this.#bus.join() };
  }
  /** A write that is undone runs again, and says so again. */
  #own<T>(owner: object, tx: SqliteTx, run: () => T): T {
    const announce = tx.onAnnounce;
    tx.onAnnounce = (events) => {
      for (const { seq } of events) this.#owners.set(seq, owner);
      announce?.(events);
    };
    try {
      return run();
    } finally {
      tx.onAnnounce = announce;
    }
  }
}
