import type { FastifyBaseLogger } from 'fastify';

type Level = 'info' | 'error' | 'debug' | 'fatal' | 'warn' | 'trace' | 'silent';

/**
 * The logger of one request. Most requests say nothing, and making a logger with its redaction for
 * each of them costs more than finding its route: so it is made when the first line is written.
 */
class RequestLogger {
  readonly #make: () => FastifyBaseLogger;
  #made: FastifyBaseLogger | null = null;

  constructor(make: () => FastifyBaseLogger) {
    this.#make = make;
  }

  get level(): string {
    return this.#own().level;
  }

  set level(level: string) {
    this.#own().level = level;
  }

  child(...values: Parameters<FastifyBaseLogger['child']>): FastifyBaseLogger {
    return this.#own().child(...values);
  }

  info(...values: unknown[]): void {
    this.#write('info', values);
  }

  error(...values: unknown[]): void {
    this.#write('error', values);
  }

  debug(...values: unknown[]): void {
    this.#write('debug', values);
  }

  fatal(...values: unknown[]): void {
    this.#write('fatal', values);
  }

  warn(...values: unknown[]): void {
    this.#write('warn', values);
  }

  trace(...values: unknown[]): void {
    this.#write('trace', values);
  }

  silent(...values: unknown[]): void {
    this.#write('silent', values);
  }

  #write(level: Level, values: unknown[]): void {
    const logger = this.#own();
    Reflect.apply(logger[level], logger, values);
  }

  #own(): FastifyBaseLogger {
    this.#made ??= this.#make();
    return this.#made;
  }
}

export function createRequestLogger(
  logger: FastifyBaseLogger,
  ...values: Parameters<FastifyBaseLogger['child']>
): FastifyBaseLogger {
  return new RequestLogger(() => logger.child(...values));
}
