import type { Client } from '@node3/shared/client';
import { getSharedLogs } from '@node3/shared/routes/job-links';
import { getJobLogs, type LogLine, type LogPage } from '@node3/shared/routes/jobs';
import { linesPerChunk } from './log-chunk.ts';
import { chunkOf } from './log-store.ts';

export interface LinesWanted {
  after: number;
  until?: number;
}

/** Where a log comes from: one's own job, or one that was shared. */
export interface LogSource {
  /** The socket's channel with its new lines; null where there is none. */
  channel: string | null;
  /** Whose files the server makes; null: files are made of what is read. */
  jobId: string | null;
  page(wanted: LinesWanted, signal: AbortSignal): Promise<LogPage>;
  /** Everything from a line on that is stored by now, in one answer. */
  lines(wanted: LinesWanted, signal: AbortSignal): AsyncGenerator<LogLine, void, undefined>;
}

/** The lines that a page will begin with, on their way since before it was drawn. */
interface Begun {
  jobId: string;
  wanted: LinesWanted;
  page: Promise<LogPage>;
}
let begun: Begun | null = null;

/**
 * Asks for the lines that the viewer of a log will ask for first, while the page around it is still
 * fetched and drawn. Whoever asks first for the same ones takes them; they are not kept for later.
 */
export function beginOwnLog(client: Client, jobId: string, firstSeq: number): void {
  const after = chunkOf(firstSeq) * linesPerChunk;
  const wanted = { after, until: after + linesPerChunk };
  const page = client.call(getJobLogs, {
    params: { jobId },
    query: { ...wanted, limit: linesPerChunk },
  });
  // Who takes it sees why it failed.
  page.catch(() => {});
  begun = { jobId, wanted, page };
}

function takeBegun(jobId: string, wanted: LinesWanted): Promise<LogPage> | null {
  const isIt =
    begun?.jobId === jobId &&
    begun.wanted.after === wanted.after &&
    begun.wanted.until === wanted.until;
  const page = isIt ? (begun?.page ?? null) : null;
  begun = null;
  return page;
}

export function ownLog(client: Client, jobId: string): LogSource {
  const params = { jobId };
  return {
    channel: `logs:${jobId}`,
    jobId,
    page: (wanted, signal) =>
      takeBegun(jobId, wanted) ??
      client.call(getJobLogs, { params, query: { ...wanted, limit: linesPerChunk } }, { signal }),
    lines: (wanted, signal) =>
      onlyLines(client.lines(getJobLogs, { params, query: wanted }, { signal })),
  };
}

export function sharedLog(client: Client, link: { linkId: string; signature: string }): LogSource {
  const { linkId, signature } = link;
  const params = { linkId };
  return {
    channel: null,
    jobId: null,
    page(wanted, signal) {
      const query = { signature, ...wanted, limit: linesPerChunk };
      return client.call(getSharedLogs, { params, query }, { signal });
    },
    lines: (wanted, signal) =>
      onlyLines(
        client.lines(getSharedLogs, { params, query: { signature, ...wanted } }, { signal }),
      ),
  };
}

/** The last object of a stream says how it ended. */
async function* onlyLines(
  answers: AsyncGenerator<unknown, void, undefined>,
): AsyncGenerator<LogLine, void, undefined> {
  for await (const answer of answers) {
    if (typeof answer === 'object' && answer !== null && 'seq' in answer) yield answer as LogLine;
  }
}
