import type { Client } from '@node3/shared/client';
import { downloadJobLogs } from '@node3/shared/routes/jobs';
import { plainText } from './log-text.ts';
import type { LogFilter, LogView } from './log-view.ts';

export type FileFormat = 'text' | 'ansi' | 'ndjson';

export interface FileWish {
  jobId: string;
  format: FileFormat;
  /** What is left out; null for everything. */
  filter: LogFilter | null;
  /** Looked for as it is, in any case; null for any line. */
  q: string | null;
}

/** What the server is to leave out. */
function queryOf({ format, filter, q }: FileWish) {
  return {
    format,
    ...(q !== null && { q }),
    ...(filter !== null && {
      ...(filter.levels.length > 0 && { level: filter.levels.join(',') }),
      ...(filter.streams.length > 0 && { stream: filter.streams.join(',') }),
      ...(filter.attempt !== null && { attempt: filter.attempt }),
      ...(filter.clearedThrough > 0 && { after: filter.clearedThrough }),
    }),
  };
}

/** The server writes the file line by line; the browser keeps it outside of the page's heap. */
export async function fetchLogFile(client: Client, wish: FileWish): Promise<Blob> {
  const args = { params: { jobId: wish.jobId }, query: queryOf(wish) };
  const parts: Blob[] = [];
  let chunks: Uint8Array<ArrayBuffer>[] = [];
  let bytes = 0;
  for await (const chunk of client.bytes(downloadJobLogs, args)) {
    chunks.push(chunk as Uint8Array<ArrayBuffer>);
    bytes += chunk.length;
    if (bytes < 8 * 1024 * 1024) continue;
    parts.push(new Blob(chunks));
    chunks = [];
    bytes = 0;
  }
  return new Blob([...parts, ...chunks], { type: typeOf(wish.format) });
}

function typeOf(format: FileFormat): string {
  return format === 'ndjson' ? 'application/x-ndjson' : 'text/plain;charset=utf-8';
}

/** The rows as they are shown, for what the server can't know: expressions, and logs of links. */
export function viewAsFile(view: LogView, format: FileFormat): Blob {
  const parts: string[] = [];
  for (let index = 0; index < view.count; index += 1) {
    const row = view.row(index);
    if (row.text === null) continue;
    const text = row.text.endsWith('\r') ? row.text.slice(0, -1) : row.text;
    if (format === 'ndjson') parts.push(`${JSON.stringify({ ...row, text })}\n`);
    else parts.push(`${format === 'ansi' ? text : plainText(text)}\n`);
  }
  return new Blob(parts, { type: typeOf(format) });
}

export function saveFile(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
