import type { LogStream } from './routes/jobs.ts';

/** How bad a line of a log is, by its own word. */
export const lineLevels = ['error', 'warn', 'info', 'debug'] as const;
export type LineLevel = (typeof lineLevels)[number];

/** What loggers call their levels; numbers are those of pino and bunyan. */
const names: Record<string, LineLevel> = {
  fatal: 'error',
  critical: 'error',
  crit: 'error',
  alert: 'error',
  emerg: 'error',
  panic: 'error',
  error: 'error',
  err: 'error',
  '60': 'error',
  '50': 'error',
  warning: 'warn',
  warn: 'warn',
  '40': 'warn',
  notice: 'info',
  info: 'info',
  success: 'info',
  '30': 'info',
  debug: 'debug',
  trace: 'debug',
  verbose: 'debug',
  '20': 'debug',
  '10': 'debug',
};

/** A level stands at the beginning of a line; nobody searches 16 KiB for it. */
const lookedAtChars = 240;
/** Lines without one of these pieces have no level, and are most of them. */
const hint =
  /err|warn|info|debug|trace|fatal|crit|panic|level|severity|lvl|exception|notice|success|verbose|fail/i;
const structured =
  /["']?(?:level|severity|lvl|levelname)["']?\s*[:=]\s*["']?([a-z]{3,8}|[1-6]0)\b/i;
const leading = /^[\s[(<]*(fatal|critical|panic|error|warning|warn|info|debug|trace)\b[\])>:\s]/i;
const capital =
  /(?:^|[\s[(<|:])(FATAL|CRITICAL|PANIC|ERROR|ERR|WARNING|WARN|NOTICE|INFO|SUCCESS|DEBUG|TRACE|VERBOSE)(?=$|[\s\])>|:,])/;
const raised = /^(?:Traceback \(most recent call last\)|(?:[\w.]{1,80})?(?:Error|Exception)\b:?)/;
const complains = /\b(?:error|exception|fatal|failed|failure)\b/i;
const warns = /\bwarning\b/i;
const escapeChar = '\u001b';
// oxlint-disable-next-line no-control-regex -- Colours are what it takes out.
const colour = /\u001b\[[0-9;:]*m/g;

/**
 * The level that a line names: in a field of JSON or logfmt, as a word at its beginning, or, on standard
 * error, as a complaint anywhere. null for most lines. Colours are looked through.
 */
export function levelOfLine(line: string, stream: LogStream): LineLevel | null {
  let text = line.length > lookedAtChars ? line.slice(0, lookedAtChars) : line;
  if (!hint.test(text)) return null;
  if (text.includes(escapeChar)) text = text.replace(colour, '');
  const word = structured.exec(text)?.[1] ?? leading.exec(text)?.[1] ?? capital.exec(text)?.[1];
  const named = word === undefined ? undefined : names[word.toLowerCase()];
  if (named !== undefined) return named;
  if (raised.test(text)) return 'error';
  if (stream !== 'stderr') return null;
  if (complains.test(text)) return 'error';
  return warns.test(text) ? 'warn' : null;
}
