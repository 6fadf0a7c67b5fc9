import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '@node3/shared/logger';
import { Client } from 'pg';
import { DatabaseClock } from './database-clock.ts';
import type { EventBus, Hint } from './event-bus.ts';
import { HintBasket } from './hint-basket.ts';

export interface PostgresBusOptions {
  url: string;
  log: Logger;
}

const channel = 'node3_hints';
/** How often the connection is tried, and the clock compared. */
const lookMs = 5_000;
const answerMs = 5_000;
const reconnectMs = { min: 100, max: 5_000 };
const databaseTime =
  'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::double precision AS ms';

interface Message {
  from: string;
  hints: Hint[];
}

/**
 * Carries hints by LISTEN and NOTIFY, on a connection of its own: a NOTIFY inside of a transaction
 * that writes would keep commits from being shared. After a lost connection it says that hints may be
 * missing. The same connection compares clocks.
 */
export class PostgresBus implements EventBus {
  readonly clock: DatabaseClock;
  readonly #options: PostgresBusOptions;
  readonly #name = crypto.randomUUID();
  readonly #basket = new HintBasket();
  #client: Client | null;
  #listener: ((hint: Hint) => void) | null = null;
  #sending = false;
  #closed = false;
  readonly #looks: NodeJS.Timeout;

  private constructor(options: PostgresBusOptions, client: Client, clock: DatabaseClock) {
    this.#options = options;
    this.#client = client;
    this.clock = clock;
    this.#follow(client);
    this.#looks = setInterval(() => void this.#look(), lookMs);
    this.#looks.unref();
  }

  /** Throws when the database can't be reached. */
  static async open(options: PostgresBusOptions): Promise<PostgresBus> {
    const client = await connect(options.url);
    return new PostgresBus(options, client, new DatabaseClock(await timeOf(client)));
  }

  tell(hint: Hint): void {
    if (this.#closed) return;
    this.#basket.add(hint);
    if (this.#sending) return;
    this.#sending = true;
    setImmediate(() => void this.#send());
  }

  listen(listener: (hint: Hint) => void): void {
    this.#listener = listener;
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#looks);
    this.#basket.take();
    const client = this.#client;
    this.#client = null;
    await client?.end().catch(() => undefined);
  }

  /** Whatever is told while one message is on its way goes with the next one. */
  async #send(): Promise<void> {
    try {
      while (!this.#basket.isEmpty && this.#client !== null) {
        const hints = this.#basket.take();
        const message: Message = { from: this.#name, hints };
        try {
          await this.#client.query('SELECT pg_notify($1, $2)', [channel, JSON.stringify(message)]);
        } catch (error) {
          for (const hint of hints) this.#basket.add(hint);
          this.#lose(this.#client, error);
        }
      }
    } finally {
      this.#sending = false;
    }
  }

  #follow(client: Client): void {
    client.on('notification', ({ payload }) => this.#receive(payload ?? ''));
    client.on('error', (error) => this.#lose(client, error));
    client.on('end', () => this.#lose(client, new Error('the connection was closed')));
  }

  #receive(payload: string): void {
    const message = read(payload);
    if (message === null) return;
    if (message.from === this.#name || this.#closed) return;
    for (const hint of message.hints) this.#listener?.(hint);
  }

  async #look(): Promise<void> {
    const client = this.#client;
    if (client === null) return;
    try {
      const offMs = this.clock.adjust(await timeOf(client));
      if (Math.abs(offMs) > 1_000) {
        this.#options.log.warn({ offMs }, 'our clock and that of the database disagree');
      }
    } catch (error) {
      this.#lose(client, error);
    }
  }

  #lose(client: Client | null, error: unknown): void {
    if (this.#closed || client === null || client !== this.#client) return;
    this.#options.log.warn({ err: error }, 'the bus between replicas is away');
    this.#client = null;
    client.end().catch(() => undefined);
    void this.#reconnect();
  }

  async #reconnect(): Promise<void> {
    for (
      let waitMs = reconnectMs.min;
      !this.#closed;
      waitMs = Math.min(waitMs * 2, reconnectMs.max)
    ) {
      try {
        const client = await connect(this.#options.url);
        if (this.#closed) {
          await client.end();
          return;
        }
        this.#client = client;
        this.#follow(client);
        this.#options.log.info({}, 'the bus between replicas is back');
        this.#listener?.({ kind: 'gap' });
        // What was told meanwhile, and that something may be missing.
        this.tell({ kind: 'gap' });
        return;
      } catch (error) {
        this.#options.log.debug({ err: error }, 'the bus does not connect');
        await delay(waitMs, undefined, { ref: false });
      }
    }
  }
}

async function connect(connectionString: string): Promise<Client> {
  const client = new Client({
    connectionString,
    application_name: 'node3 hints',
    connectionTimeoutMillis: answerMs,
    query_timeout: answerMs,
    keepAlive: true,
  });
  // Without a listener an error of an idle connection would end the process.
  client.on('error', () => undefined);
  await client.connect();
  await client.query(`LISTEN ${channel}`);
  return client;
}

/** The database's time now: half of the round trip is taken for the way back. */
async function timeOf(client: Client): Promise<number> {
  const sentAtMs = performance.now();
  const { rows } = await client.query<{ ms: number }>(databaseTime);
  const [found] = rows;
  if (found === undefined) throw new Error('the database did not tell its time');
  return found.ms + (performance.now() - sentAtMs) / 2;
}

/** Whoever may connect may say anything on the channel; what is no message of ours is nothing. */
function read(payload: string): Message | null {
  try {
    const message = JSON.parse(payload) as Partial<Message> | null;
    const isOurs = typeof message?.from === 'string' && Array.isArray(message.hints);
    return isOurs ? (message as Message) : null;
  } catch {
    return null;
  }
}
