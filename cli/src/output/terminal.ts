import type { Host, Output } from '../host.ts';
import { pickFields } from './fields.ts';
import type { OutputFormat } from './format.ts';
import { createPaint, type Paint } from './paint.ts';
import { sanitiseText } from './sanitise.ts';
import { StatusLine, type StatusText } from './status-line.ts';
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
  /** Of now: a person may make the window narrower. */
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
  /** The line that is redrawn below all others; null takes it away. Nothing where `live` is false. */
  status(text: StatusText | null): void;
  /** News for a program that reads JSON; nothing in other formats. */
  event(stream: 'stdout' | 'stderr', value: object): Promise<void>;
}

const columnsDefault = 80;

export function createTerminal(host: Host, options: TerminalOptions): Terminal {
  const { stdout, stderr, env } = host;
  const refused = !options.colour;
  const { format, fields = null } = options;
  const json = ['json', 'jsonl', 'yaml', 'id'].includes(format);
  const silent = options.quiet || json;
  const live = stderr.isTty && !silent && env['TERM'] !== 'dumb';
  const talkPaint = createPaint({ refused, env, output: stderr });
  const line = new StatusLine({ output: stderr, clock: host.clock, paint: talkPaint.dim });
  const picked = (value: unknown) => (fields === null ? value : pickFields(value, fields));
  const send = (output: Output, text: string) =>
    live && output.isTty ? line.above(text, () => output.write(text)) : output.write(text);
  const write = (text: string) => send(stdout, text === '' ? '' : `${text}\n`);
  return {
    format,
    fields,
    json,
    quiet: options.quiet,
    paint: createPaint({ refused, env, output: stdout }),
    talkPaint,
    colourAllowed: !refused && (env['NO_COLOR'] ?? '') === '',
    live,
    get columns() {
      return stdout.columns ?? stderr.columns ?? columnsDefault;
    },
    data: (text) => send(stdout, `${sanitiseText(text)}\n`),
    object: async (value) => write(await formatValue(format, picked(value), stdout.isTty ? 2 : 0)),
    jsonLine: async (value) => write(await formatStreamed(format, value)),
    raw: (stream, text) => send(stream === 'stdout' ? stdout : stderr, text),
    talk: (text) => (silent ? Promise.resolve() : send(stderr, `${sanitiseText(text)}\n`)),
    complain: (text) => send(stderr, `${sanitiseText(text)}\n`),
    status: (text) => (live ? line.set(text) : undefined),
    async event(stream, value) {
      if ((format !== 'json' && format !== 'jsonl') || options.quiet) return;
      await send(stream === 'stdout' ? stdout : stderr, `${await formatStreamed(format, value)}\n`);
    },
  };
}
