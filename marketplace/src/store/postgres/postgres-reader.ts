import type { SpecCache } from '../sql/spec-cache.ts';
import type { Tx, Work } from '../sql/work.ts';
import { type ConnectionPool, createConnectionPool } from './connection-pool.ts';
import { DatabaseAway, unavailable } from './database-errors.ts';
import { pause, reconnectPauses } from './pause.ts';
import type { PostgresConnection } from './postgres-connection.ts';
import { finishWork, PostgresTx } from './postgres-tx.ts';
import { watchSilence } from './watch-silence.ts';
import { plain, toStatement } from './write-transaction.ts';

export interface ReaderOptions {
  specs: SpecCache;
  connectionsMax: number;
  /** How long a read waits for a database that is away or silent, or for a connection. */
  waitMs: number;
  connect(): Promise<PostgresConnection>;
}

const begin = plain('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
const end = plain('COMMIT');

/**
 * Reads, each in a connection of its own while it lasts. One of a single statement sees one moment
 * by itself; one of several needs a transaction for that. Which is which shows when a second
 * statement is asked for: then it begins again, and the next of its kind begins that way.
 */
export class PostgresReader {
  readonly #options: ReaderOptions;
  readonly #pool: ConnectionPool;
  /** Texts that were the first of several. */
  readonly #firstOfSeveral = new Set<string>();

  constructor(options: ReaderOptions) {
    this.#options = options;
    this.#pool = createConnectionPool(options);
  }

  async read<T>(work: (tx: Tx) => Work<T>): Promise<T> {
    const { promise: over, reject } = Promise.withResolvers<never>();
    const patience = watchSilence(this.#options.waitMs, () => reject(unavailable(null)));
    try {
      // What loses goes on to its own end, which frees its connection.
      return await Promise.race([this.#readPatiently(work, patience.heard), over]);
    } finally {
      patience.end();
    }
  }

  async #readPatiently<T>(work: (tx: Tx) => Work<T>, heard: () => void): Promise<T> {
    const until = performance.now() + this.#options.waitMs;
    for (let failures = 0; ; failures += 1) {
      try {
        return await this.#pool.use(until, (connection) => this.#readOn(connection, work, heard));
      } catch (error) {
        if (!(error instanceof DatabaseAway)) throw error;
        if (performance.now() >= until) throw unavailable(error);
        await pause(reconnectPauses(failures));
      }
    }
  }

  close(): Promise<void> {
    return this.#pool.close();
  }

  async #readOn<T>(
    connection: PostgresConnection,
    work: (tx: Tx) => Work<T>,
    heard: () => void,
  ): Promise<T> {
    const tx = new PostgresTx(this.#options.specs, refuse);
    const steps = work(tx)[Symbol.iterator]();
    const first = steps.next();
    if (first.done === true) return first.value;
    const { sql } = first.value;
    if (!this.#firstOfSeveral.has(sql)) {
      const [answer] = await connection.send([toStatement(first.value)]);
      heard();
      if (answer === undefined) throw new Error('a statement without an answer');
      const second = steps.next(answer);
      if (second.done === true) return second.value;
      this.#firstOfSeveral.add(sql);
    }
    return this.#readAt(connection, work, heard);
  }

  /** All statements see the moment of the first. */
  async #readAt<T>(
    connection: PostgresConnection,
    work: (tx: Tx) => Work<T>,
    heard: () => void,
  ): Promise<T> {
    const tx = new PostgresTx(this.#options.specs, refuse);
    let isOpen = false;
    try {
      return await finishWork(work(tx), async (query) => {
        const statement = toStatement(query);
        const answers = await connection.send(isOpen ? [statement] : [begin, statement]);
        isOpen = true;
        heard();
        const answer = answers.at(-1);
        if (answer === undefined) throw new Error('a statement without an answer');
        return answer;
      });
    } finally {
      // Nobody waits for it, but the next user of the connection does.
      connection.send([end]).catch(() => connection.close());
    }
  }
}

function refuse(): never {
  throw new Error('a read changes nothing');
}
