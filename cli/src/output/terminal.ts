import type { Host } from '../host.ts';
import { pickFields } from './fields.ts';
import type { OutputFormat } from './format.ts';
import { createPaint, type Paint, wantsColour } from './paint.ts';
import { sanitiseText } from './sanitise.ts';
import { formatStreamed, formatValue } from './structured.ts';

export interface TerminalOptions {
  format: OutputFormat;
  /** The columns or fields that are wanted of a list; null for those it has. */
  fields?: readonly string[] | null;
  quiet: boolean;
  colour: boolean;
}

/** Data goes to standard output, talk to standard error. */
export interface Terminal {
  readonly format: OutputFormat;
  readonly fields: readonly string[] | null;
  /** Whether data goes to a program: whole answers instead of words. */
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
  /** A whole answer as data; as JSON it is readable on a terminal and one line when piped. */
  object(value: unknown): Promise<void>;
  /** One value of a stream, such as a JSON line. */
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
  const { format, fields = null } = options;
  const json = ['json', 'jsonl', 'yaml', 'id'].includes(format);
  const silent = options.quiet || json;
  const picked = (value: unknown) => (fields === null ? value : pickFields(value, fields));
  const write = (text: string) => stdout.write(text === '' ? '' : `${text}\n`);
  return {
    format,
    fields,
    json,
    quiet: options.quiet,
    paint: createPaint({ refused, env, output: stdout }),
    talkPaint: createPaint({ refused, env, output: stderr }),
    colourAllowed: !refused && (env['NO_COLOR'] ?? '') === '',
    live: stderr.isTty && !silent && wantsColour({ refused, env, output: stderr }),
    columns,
    data: (line) => stdout.write(`${sanitiseText(line)}\n`),
    object: async (value) => write(await formatValue(format, picked(value), stdout.isTty ? 2 : 0)),
    jsonLine: async (value) => write(await formatStreamed(format, value)),
    raw: (stream, text) => (stream === 'stdout' ? stdout : stderr).write(text),
    talk: (line) => (silent ? Promise.resolve() : stderr.write(`${sanitiseText(line)}\n`)),
    complain: (line) => stderr.write(`${sanitiseText(line)}\n`),
  };
}
