import type { LogLine } from '@node3/shared/routes/jobs';
import type { LogRow } from './log-buffer.ts';
import { plainText, stripControls } from './log-text.ts';

/** @returns the rows that contain `needle`, whatever the case; all of them for an empty one. */
export function filterRows(rows: readonly LogRow[], needle: string): readonly LogRow[] {
  const wanted = needle.trim().toLowerCase();
  if (wanted === '') return rows;
  return rows.filter((row) => plainText(row.text).toLowerCase().includes(wanted));
}

/**
 * Lines as a text file: no control characters, and a partial line goes on where the next one of
 * its stream begins. `before` is the line that came last.
 */
export function linesToText(lines: readonly LogLine[], before: LogLine | null): string {
  let text = '';
  let previous = before;
  for (const line of lines) {
    if (previous?.partial === true && previous.stream !== line.stream) text += '\n';
    text += plainText(stripControls(line.text)) + (line.partial ? '' : '\n');
    previous = line;
  }
  return text;
}
