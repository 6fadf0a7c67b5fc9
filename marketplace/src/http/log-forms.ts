import { endsOpen, lineTexts } from '@node3/shared/log-blocks';
import { toTimestamp } from '@node3/shared/schema';
import type { LogBlockRow } from '../store/rows.ts';
import { jsonLines, type StreamForm } from './stream-lines.ts';

/** How a log ends: with its job, or because it is no longer kept. */
export interface LogEnd {
  removedAtMs: number | null;
}

/** One way of writing a log. All of them are written by the same reader. */
export interface LogForm extends StreamForm {
  /** @returns the text of a page, in parts: as one it would be copied once more. */
  lines(blocks: readonly LogBlockRow[]): string[];
  /** The last words, when the job is over and read to its end. */
  end(end: LogEnd): string;
}

const endOf = ({ removedAtMs }: LogEnd) => ({
  ended: true,
  ...(removedAtMs === null ? {} : { removedAt: toTimestamp(removedAtMs) }),
});

/** Each line as what JSON.stringify makes of a `LogLine`, between what comes before and after it. */
function toJson(block: LogBlockRow, before: (seq: number) => string, after: string): string {
  const { attempt, stream, atMs, lineCount } = block;
  const start = `,"attempt":${attempt},"stream":"${stream}","at":"${toTimestamp(atMs)}","text":`;
  const open = endsOpen(block) ? lineCount - 1 : lineCount;
  const lines = jsonTexts(block).map((text, index) => {
    const seq = block.seq + index;
    return `${before(seq)}{"seq":${seq}${start}${text},"partial":${index === open}}${after}`;
  });
  return lines.join('');
}

/** All at once where no line has a backslash, which could be taken for the beginning of a line break. */
function jsonTexts(block: LogBlockRow): string[] {
  if (block.text.includes('\\')) return lineTexts(block).map((text) => JSON.stringify(text));
  const text = endsOpen(block) ? block.text : block.text.slice(0, -1);
  return JSON.stringify(text)
    .slice(1, -1)
    .split('\\n')
    .map((json) => `"${json}"`);
}

/** One JSON object a line; `{"ended":true}` is the last. */
export const jsonLogForm: LogForm = {
  ...jsonLines,
  lines: (blocks) => blocks.map((block) => toJson(block, () => '', '\n')),
  end: (end) => `${JSON.stringify(endOf(end))}\n`,
};

/** Server-sent events: the id of each is its line's number, so a browser resumes by itself. */
export const eventLogForm: LogForm = {
  contentType: 'text/event-stream; charset=utf-8',
  keepAlive: ':\n\n',
  headers: { 'x-accel-buffering': 'no' },
  lines: (blocks) => blocks.map((block) => toJson(block, (seq) => `id: ${seq}\ndata: `, '\n\n')),
  end: (end) => `event: end\ndata: ${JSON.stringify(endOf(end))}\n\n`,
};

/**
 * What the program wrote, as a file; colours stay in it. A piece of a longer line has no line break,
 * unless a line of another stream comes next. For one log, from its first page to its last.
 */
export function textLogForm(times: 'with-times' | 'without-times'): LogForm {
  let open: LogBlockRow['stream'] | null = null;
  const textOf = (block: LogBlockRow) => {
    const goesOn = open === block.stream;
    const start = open === null || goesOn ? '' : '\n';
    open = endsOpen(block) ? block.stream : null;
    if (times === 'without-times') return [start, block.text];
    const time = `${toTimestamp(block.atMs)} `;
    const end = open === null ? '\n' : '';
    return [start + (goesOn ? '' : time) + lineTexts(block).join(`\n${time}`) + end];
  };
  return {
    contentType: 'text/plain; charset=utf-8',
    keepAlive: '',
    lines: (blocks) => blocks.flatMap(textOf),
    end: ({ removedAtMs }) =>
      removedAtMs === null ? '' : `[log removed at ${toTimestamp(removedAtMs)}]\n`,
  };
}
