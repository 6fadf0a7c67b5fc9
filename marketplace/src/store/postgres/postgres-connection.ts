import { Client, type ClientConfig } from 'pg';
import { asDatabaseError, DatabaseAway } from './database-errors.ts';
import { Pipeline, type ServerAnswer, type Statement } from './pipeline.ts';
import { PreparedStatements } from './prepared-statements.ts';
import { watchSilence } from './watch-silence.ts';

/** How long opening one may take. */
const connectMs = 5_000;

export interface ConnectionSettings {
  url: string;
  /** Shown in `pg_stat_activity`. */
  applicationName: string;
  /** How long the server may say nothing while it is asked: after that the connection is given up. */
  silentMs: number;
  /** What the server is told at the start, such as `idle_in_transaction_session_timeout`. */
  session: Pick<
    ClientConfig,
    'statement_timeout' | 'lock_timeout' | 'idle_in_transaction_session_timeout' | 'options'
  >;
}

/** One connection, which runs several statements in one round trip. */
export class PostgresConnection {
  readonly #client: Client;
  readonly #silentMs: number;
  readonly #prepared = new PreparedStatements();
  #lost: Error | null = null;
  #roundTrips = 0;

  private constructor(client: Client, silentMs: number) {
    this.#client = client;
    this.#silentMs = silentMs;
    client.on('error', (error) => {
      this.#lost ??= error;
    });
    client.on('end', () => {
      this.#lost ??= new Error('the connection was closed');
    });
  }

  /** Throws `DatabaseAway`, or the server's own error, such as that of a wrong password. */
  static async open({ url, applicationName, silentMs, session }: ConnectionSettings) {
    const client = new Client({
      connectionString: url,
      application_name: applicationName,
      connectionTimeoutMillis: Math.min(connectMs, silentMs),
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
      ...session,
    });
    const connection = new PostgresConnection(client, silentMs);
    try {
      await client.connect();
    } catch (error) {
      throw asDatabaseError(error);
    }
    return connection;
  }

  /** For what is not made of works: migrations. */
  get client(): Client {
    return this.#client;
  }

  get isUsable(): boolean {
    return this.#lost === null;
  }

  /** So far: what a client waits for. */
  get roundTrips(): number {
    return this.#roundTrips;
  }

  /**
   * Runs statements in order, in one round trip. When one fails the ones behind it don't run. Throws
   * its error, or `DatabaseAway`, after which the connection is of no use.
   */
  async send(statements: readonly Statement[]): Promise<ServerAnswer[]> {
    if (this.#lost !== null) throw new DatabaseAway(this.#lost.message, { cause: this.#lost });
    this.#roundTrips += 1;
    const pipeline = new Pipeline(statements, this.#prepared);
    const silence = watchSilence(this.#silentMs, () => this.close());
    pipeline.onHeard = silence.heard;
    try {
      this.#client.query(pipeline);
      return await pipeline.answers;
    } catch (error) {
      const meant = asDatabaseError(error);
      if (meant instanceof DatabaseAway) this.close();
      throw meant;
    } finally {
      silence.end();
    }
  }

  /** Ends it without waiting for anything that is under way. */
  close(): void {
    this.#lost ??= new Error('the connection was closed');
    this.#client.end().catch(() => undefined);
  }
}
