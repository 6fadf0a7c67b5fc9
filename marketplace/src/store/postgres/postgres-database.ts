import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Logger } from '@node3/shared/logger';
import type { EventRow } from '../rows.ts';
import type { Database } from '../sql/database.ts';
import { SpecCache } from '../sql/spec-cache.ts';
import type { Tx, Work } from '../sql/work.ts';
import { checkServer } from './check-server.ts';
import { DatabaseAway } from './database-errors.ts';
import { migrate } from './migrate.ts';
import { pause, reconnectPauses } from './pause.ts';
import { PostgresConnection } from './postgres-connection.ts';
import { PostgresReader } from './postgres-reader.ts';
import { PostgresWriter, type Waits, waitsDefault } from './postgres-writer.ts';
import { plain, toStatement } from './write-transaction.ts';

export interface PostgresDatabaseOptions {
  /** `postgresql://user:password@host:5432/database`, with libpq's parameters behind a `?`. */
  url: string;
  log: Logger;
  /** Called once when this process may believe what is not so, and has to start again. */
  onFatal(error: unknown): void;
  /** Connections that read; one more writes. */
  readConnectionsMax?: number;
  waits?: Waits;
  /** How long opening waits for a server that does not answer. */
  startWaitMs?: number;
}

const startWaitDefault = 30_000;

const readConnectionsDefault = 8;

/** A transaction whose process is gone ends after this long and frees the lock of the writers. */
const abandonedMs = 5_000;

/** One PostgreSQL database, which any number of processes may share. */
export class PostgresDatabase implements Database {
  readonly #reader: PostgresReader;
  readonly #writer: PostgresWriter;
  readonly #url: string;
  #listener: ((events: EventRow[]) => void) | null = null;

  private constructor(options: PostgresDatabaseOptions) {
    const { url, log } = options;
    this.#url = url;
    const writerId = randomUUID();
    const specs = new SpecCache();
    const waits = options.waits ?? waitsDefault;
    this.#writer = new PostgresWriter({
      writerId,
      specs,
      log,
      waits,
      onFatal: (error) => options.onFatal(error),
      connect: () => connectWriter(url, writerId, waits.writeMs),
      onCommitted: (events) => this.#listener?.(events),
    });
    this.#reader = new PostgresReader({
      specs,
      waitMs: waits.writeMs,
      connectionsMax: options.readConnectionsMax ?? readConnectionsDefault,
      connect: () =>
        PostgresConnection.open({
          url,
          applicationName: 'node3 reader',
          silentMs: waits.writeMs,
          // No read of ours takes longer: larger ones go in pages.
          session: {
            statement_timeout: waits.writeMs,
            idle_in_transaction_session_timeout: abandonedMs,
          },
        }),
    });
  }

  /**
   * Connects, checks that the server keeps what it acknowledges, and brings the schema to the newest
   * version. Throws when any of it fails.
   */
  static async open(options: PostgresDatabaseOptions): Promise<PostgresDatabase> {
    const connection = await connectPatiently(options);
    try {
      await checkServer(connection);
      await migrate(connection.client);
    } finally {
      connection.close();
    }
    return new PostgresDatabase(options);
  }

  get commits(): number {
    return this.#writer.commits;
  }

  /** What the writes so far have waited for. */
  get roundTrips(): number {
    return this.#writer.roundTrips;
  }

  write<T>(work: (tx: Tx) => Work<T>): Promise<T> {
    return this.#writer.write(work);
  }

  read<T>(work: (tx: Tx) => Work<T>): Promise<T> {
    return this.#reader.read(work);
  }

  async backUp(file: string): Promise<void> {
    const workerData = { url: this.#url, file };
    const worker = new Worker(new URL('../move/back-up-worker.ts', import.meta.url), {
      workerData,
    });
    // What it throws is thrown here.
    await once(worker, 'exit');
  }

  onEvents(listener: (events: EventRow[]) => void): void {
    this.#listener = listener;
  }

  async close(): Promise<void> {
    await this.#writer.close();
    await this.#reader.close();
  }
}

/** A server that starts beside us gets time to. Throws the last reason. */
async function connectPatiently({
  url,
  log,
  startWaitMs = startWaitDefault,
}: PostgresDatabaseOptions): Promise<PostgresConnection> {
  const until = performance.now() + startWaitMs;
  for (let failures = 0; ; failures += 1) {
    try {
      const settings = { url, applicationName: 'node3 start', session: {} };
      return await PostgresConnection.open({ ...settings, silentMs: startWaitMs });
    } catch (error) {
      if (!(error instanceof DatabaseAway) || performance.now() >= until) throw error;
      log.warn({ err: error }, 'the database does not answer yet');
      await pause(reconnectPauses(failures));
    }
  }
}

const endEarlierConnections = `
  SELECT pg_terminate_backend(pid) FROM pg_stat_activity
  WHERE application_name = ? AND pid <> pg_backend_pid()`;

/**
 * The connection that writes. An earlier one of the same process may be alive on the server's side
 * and hold the writers' lock; it is ended, so that nobody waits for what nobody will finish.
 */
async function connectWriter(
  url: string,
  writerId: string,
  waitMs: number,
): Promise<PostgresConnection> {
  const applicationName = `node3 writer ${writerId}`;
  const connection = await PostgresConnection.open({
    url,
    applicationName,
    silentMs: waitMs,
    session: {
      statement_timeout: waitMs,
      lock_timeout: waitMs,
      idle_in_transaction_session_timeout: abandonedMs,
    },
  });
  await connection.send([
    plain(
      "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'",
    ),
    toStatement({ sql: endEarlierConnections, values: [applicationName], shape: 'records' }),
  ]);
  return connection;
}
