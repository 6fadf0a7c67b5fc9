import { type DestinationStream, type Logger, pino } from 'pino';

export type { Logger } from 'pino';

/** Field names whose values never reach a log line, at any depth up to two. */
const secretFields = [
  'apiKey',
  'authorization',
  'leaseToken',
  'passphrase',
  'password',
  'secret',
  'secretKey',
  'x-api-key',
];

const redactPaths = secretFields.flatMap((field) => {
  const key = field.includes('-') ? `["${field}"]` : field;
  const nested = field.includes('-') ? key : `.${key}`;
  return [key, `*${nested}`, `*.*${nested}`];
});

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

export interface LoggerOptions {
  /** Which process speaks, such as `marketplace`. */
  name: string;
  level: LogLevel;
  /** Where lines go; standard error by default, since standard output is for data. */
  destination?: DestinationStream;
}

/** Structured JSON lines with secrets removed. Messages are static text, facts are fields. */
export function createLogger(options: LoggerOptions): Logger {
  const destination = options.destination ?? pino.destination({ dest: 2, sync: false });
  return pino(
    {
      name: options.name,
      level: options.level,
      redact: { paths: redactPaths, censor: '[redacted]' },
      base: { name: options.name },
      timestamp: pino.stdTimeFunctions.isoTime,
    },
    destination,
  );
}

/** Swallows everything; for tests and for library use. */
export const silentLogger: Logger = pino({ level: 'silent' });
