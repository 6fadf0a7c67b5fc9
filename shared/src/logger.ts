import { type DestinationStream, type Logger, pino } from 'pino';
import { currentLogContext } from './log-context.ts';
import { redactLine, redactPaths } from './log-redaction.ts';
import { prettyLine } from './pretty-lines.ts';

export type { Logger } from 'pino';

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

/** `auto`: lines for people on a terminal, JSON everywhere else. */
export const logFormats = ['auto', 'json', 'pretty'] as const;
export type LogFormat = (typeof logFormats)[number];

export interface LoggerOptions {
  /** Which process speaks, such as `marketplace`. */
  name: string;
  level: LogLevel;
  /** `json` where it is not said; `auto` looks at standard error. */
  format?: LogFormat;
  /** Where lines go; standard error by default, since standard output is for data. */
  destination?: DestinationStream;
  /** Gets every line as well, always as JSON. */
  file?: DestinationStream;
}

/**
 * Structured JSON lines with secrets removed. Messages are static text, facts are fields; the
 * request, the job and the execution that are being worked on are in each line.
 */
export function createLogger(options: LoggerOptions): Logger {
  const { name, level, format = 'json' } = options;
  const destination = options.destination ?? standardError();
  const isPretty = format === 'pretty' || (format === 'auto' && process.stderr.isTTY);
  const { file } = options;
  return pino(
    {
      name,
      level,
      redact: { paths: redactPaths, censor: '[redacted]' },
      base: { name },
      timestamp: pino.stdTimeFunctions.isoTime,
      mixin: currentLogContext,
      // What a line says itself comes before what holds around it.
      mixinMergeStrategy: (own, around) => ({ ...around, ...own }),
      hooks: {
        streamWrite(line) {
          const redacted = redactLine(line);
          file?.write(redacted);
          return isPretty ? prettyLine(redacted) : redacted;
        },
      },
    },
    destination,
  );
}

/** Lines that wait for a disk with room; what comes on top of them is dropped. */
const waitingBytesMax = 1024 * 1024;

/**
 * Standard error may be a file on a disk that is full. That ends no service: lines wait, and go on
 * with the first one that finds room again.
 */
function standardError(): DestinationStream {
  const stream = pino.destination({ dest: 2, sync: false, maxLength: waitingBytesMax });
  let isFull = false;
  stream.on('error', () => {
    isFull = true;
  });
  stream.on('write', () => {
    isFull = false;
  });
  // At the end of the process the library would try until there is room.
  const flush = stream.flushSync.bind(stream);
  stream.flushSync = () => {
    if (!isFull) flush();
  };
  return stream;
}

/** Swallows everything; for tests and for library use. */
export const silentLogger: Logger = pino({ level: 'silent' });
