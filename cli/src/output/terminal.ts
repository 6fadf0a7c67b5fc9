import type { Host } from '../host.ts';
import { createPaint, type Paint, wantsColour } from './paint.ts';
import { sanitiseText } from './sanitise.ts';

export interface TerminalOptions {
  json: boolean;
  quiet: boolean;
  colour: boolean;
}

/** Data goes to standard output, talk to standard error. */
export interface Terminal {
  readonly json: boolean;
  readonly quiet: boolean;
  /** Colours for standard output and for standard error: one may be a pipe and the other not. */
  readonly paint: Paint;
  readonly talkPaint: Paint;
  /** Whether colours written by a job may pass. */
  readonly colourAllowed: boolean;
  /** Whether a line may be redrawn: standard error is a terminal and nothing asked for silence. */
  readonly live: boolean;
  readonly columns: number;
  /** One line of data. */
  data(line: string): Promise<void>;
  /** A JSON value as data: readable on a terminal, one line when piped. */
  object(value: unknown): Promise<void>;
  /** One JSON line of a stream. */
  jsonLine(value: unknown): Promise<void>;
  /** Text exactly as it is, for what a job printed. */
  raw(stream: 'stdout' | 'stderr', text: string): Promise<void>;
  /** One line for the person; silent with --quiet and with --json. */
  talk(line: string): Promise<void>;
  /** One line that --quiet does not silence. */
  complain(line: string): Promise<void>;
}

const columnsDefault = 80;

export function createTerminal(host: Host, options: TerminalOptions): Terminal {
  const { stdout, stderr, env } = host;
  const refused = !options.colour;
  const columns = stdout.columns ?? stderr.columns ?? columnsDefault;
  const silent = options.quiet || options.json;
  return {
    json: options.json,
    quiet: options.quiet,
    paint: createPaint({ refused, env, output: stdout }),
    talkPaint: createPaint({ refused, env, output: stderr }),
    colourAllowed: !refused && (env['NO_COLOR'] ?? '') === '',
    live: stderr.isTty && !silent && wantsColour({ refused, env, output: stderr }),
    columns,
    data: (line) => stdout.write(`${sanitiseText(line)}\n`),
    object: (value) => stdout.write(`${jsonText(value, stdout.isTty ? 2 : 0)}\n`),
    jsonLine: (value) => stdout.write(`${jsonText(value, 0)}\n`),
    raw: (stream, text) => (stream === 'stdout' ? stdout : stderr).write(text),
    talk: (line) => (silent ? Promise.resolve() : stderr.write(`${sanitiseText(line)}\n`)),
    complain: (line) => stderr.write(`${sanitiseText(line)}\n`),
  };
}

/** JSON leaves the second block of control characters as it is, which terminals obey as well. */
function jsonText(value: unknown, indent: number): string {
  const escape = (char: string) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(value, null, indent).replace(/[\u007f-\u009f]/g, escape);
}
