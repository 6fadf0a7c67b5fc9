import type { LogLine } from '@node3/shared/routes/jobs';
import { toTimestamp } from '@node3/shared/schema';
import { jsonLines, type StreamForm } from './stream-lines.ts';

/** How a log ends: with its job, or because it is no longer kept. */
export interface LogEnd {
  removedAtMs: number | null;
}

/** One way of writing a log. All of them are written by the same reader. */
export interface LogForm extends StreamForm {
  /** @returns the text of a page. */
  lines(lines: LogLine[]): string;
  /** The last words, when the job is over and read to its end. */
  end(end: LogEnd): string;
}

const endOf = ({ removedAtMs }: LogEnd) => ({
  ended: true,
  ...(removedAtMs === null ? {} : { removedAt: toTimestamp(removedAtMs) }),
});

/** What JSON.stringify makes of a line; only its text needs that, and a log has many. */
function toJson({ seq, attempt, stream, at, text, partial }: LogLine): string {
  return `{"seq":${seq},"attempt":${attempt},"stream":"${stream}","at":"${at}","text":${JSON.stringify(text)},"partial":${partial}}`;
}

/** One JSON object a line; `{"ended":true}` is the last. */
export const jsonLogForm: LogForm = {
  ...jsonLines,
  lines: (lines) => lines.map((line) => `${toJson(line)}\n`).join(''),
  end: (end) => `${JSON.stringify(endOf(end))}\n`,
};

/** Server-sent events: the id of each is its line's number, so a browser resumes by itself. */
export const eventLogForm: LogForm = {
  contentType: 'text/event-stream; charset=utf-8',
  keepAlive: ':\n\n',
  headers: { 'x-accel-buffering': 'no' },
  lines: (lines) => lines.map((line) => `id: ${line.seq}\ndata: ${toJson(line)}\n\n`).join(''),
  end: (end) => `event: end\ndata: ${JSON.stringify(endOf(end))}\n\n`,
};

/**
 * What the program wrote, as a file; colours stay in it. A piece of a longer line has no line break,
 * unless a line of another stream comes next. For one log, from its first page to its last.
 */
export function textLogForm(times: 'with-times' | 'without-times'): LogForm {
  let open: LogLine['stream'] | null = null;
  const textOf = ({ at, stream, text, partial }: LogLine) => {
    const goesOn = open === stream;
    const start = open === null || goesOn ? '' : '\n';
    open = partial ? stream : null;
    const time = times === 'with-times' && !goesOn ? `${at} ` : '';
    return partial ? start + time + text : `${start}${time}${text}\n`;
  };
  return {
    contentType: 'text/plain; charset=utf-8',
    keepAlive: '',
    lines: (lines) => lines.map(textOf).join(''),
    end: ({ removedAtMs }) =>
      removedAtMs === null ? '' : `[log removed at ${toTimestamp(removedAtMs)}]\n`,
  };
}
