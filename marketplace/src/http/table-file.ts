import { type CsvColumn, csvLine, csvTitles } from '@node3/shared/csv';
import { jsonLines, type StreamForm } from './stream-lines.ts';

export type TableFormat = 'csv' | 'jsonl';

/** How a table of this name is sent as a file. */
export function tableForms(name: string): Record<TableFormat, StreamForm> {
  const named = (file: string) => ({ 'content-disposition': `attachment; filename="${file}"` });
  return {
    csv: {
      contentType: 'text/csv; charset=utf-8',
      keepAlive: '',
      headers: named(`${name}.csv`),
    },
    jsonl: { ...jsonLines, headers: named(`${name}.jsonl`) },
  };
}

/** The pages of a table as the lines of its file. */
export async function* tableTexts<Row>(
  format: TableFormat,
  columns: readonly CsvColumn<Row>[],
  pages: AsyncIterable<readonly Row[]>,
): AsyncGenerator<string> {
  const lineOf = (row: Row) => (format === 'csv' ? csvLine(columns, row) : JSON.stringify(row));
  if (format === 'csv') yield `${csvTitles(columns)}\n`;
  for await (const page of pages) {
    if (page.length > 0) yield page.map((row) => `${lineOf(row)}\n`).join('');
  }
}
