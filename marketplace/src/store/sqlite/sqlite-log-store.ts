import { assert } from '@node3/shared/assert';
import { MarketError } from '@node3/shared/error';
import { isTerminalExecution } from '@node3/shared/execution-state';
import { type LogStream, logStreams } from '@node3/shared/routes/jobs';
import type Database from 'better-sqlite3';
import type { JobStore, LogAppend, LogQuery } from '../job-store.ts';
import type { LogLineRow } from '../rows.ts';
import { fromJson } from './codec.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import { fencedIn } from './sqlite-job-change.ts';
import { statement } from './statement.ts';

/** One appended batch. `body` is a JSON array of `PackedLine`, the first of which has `seq_first`. */
interface ChunkRecord {
  seq_first: bigint;
  attempt: bigint;
  body: string;
}

/** Stream (its place in `logStreams`), time, text, whether partial: a fourth of the named form. */
type PackedLine = [stream: number, atMs: number, text: string, partial: 0 | 1];

const insertChunk = `
  INSERT INTO log_chunks (job_id, seq_first, seq_last, attempt, streams, body)
  VALUES (?, ?, ?, ?, ?, ?)`;
const countInExecution = 'UPDATE executions SET log_seq = log_seq + ? WHERE execution_id = ?';
const countInJob = `
  UPDATE jobs SET log_lines = log_lines + ?, log_bytes = log_bytes + ? WHERE job_id = ?
  RETURNING log_lines`;
const selectChunks = `
  SELECT seq_first, attempt, body FROM log_chunks
  WHERE job_id = ? AND seq_last > ? AND (streams & ?) <> 0 ORDER BY seq_last`;

export function createSqliteLogStore(
  sqlite: SqliteDatabase,
): Pick<JobStore, 'appendLogs' | 'readLogs'> {
  return {
    appendLogs(append) {
      return sqlite.write((db) => appendLogsIn(db, append));
    },
    async readLogs(query) {
      return sqlite.read((db) => readLogsIn(db, query));
    },
  };
}

function appendLogsIn(
  db: Database.Database,
  append: LogAppend,
): { ackedSeq: number; jobId: string } {
  const { executionId, jobId, attempt, state, logSeq } = fencedIn(db, append.fence, append.agentId);
  if (isTerminalExecution(state)) throw new MarketError('LEASE_STALE', { executionId });
  // Lines that would leave a hole are not taken: the answer tells the agent where to go on.
  const stored = logSeq + 1 - append.seqFirst;
  const fresh = stored < 0 ? [] : append.lines.slice(stored);
  if (fresh.length === 0) return { ackedSeq: logSeq, jobId };
  const bytes = fresh.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);
  const streams = fresh.reduce((mask, { stream }) => mask | streamBit(stream), 0);
  const counted = statement<{ log_lines: bigint }>(db, countInJob).get(fresh.length, bytes, jobId);
  assert(counted !== undefined, `execution ${executionId} has a job`);
  const seqLast = Number(counted.log_lines);
  const seqFirst = seqLast - fresh.length + 1;
  const body = JSON.stringify(fresh.map(pack));
  statement(db, insertChunk).run(jobId, seqFirst, seqLast, attempt, streams, body);
  statement(db, countInExecution).run(fresh.length, executionId);
  return { ackedSeq: logSeq + fresh.length, jobId };
}

/** Stops reading chunks once the page is full, so a page costs the same wherever it lies. */
function readLogsIn(db: Database.Database, query: LogQuery): LogLineRow[] {
  const { jobId, afterSeq, limit, stream } = query;
  const mask = stream === null ? allStreams : streamBit(stream);
  const page: LogLineRow[] = [];
  for (const chunk of statement<ChunkRecord>(db, selectChunks).iterate(jobId, afterSeq, mask)) {
    for (const line of unpack(chunk)) {
      if (line.seq <= afterSeq || (stream !== null && line.stream !== stream)) continue;
      if (page.length >= limit) return page;
      page.push(line);
    }
  }
  return page;
}

const allStreams = (1 << logStreams.length) - 1;

function streamBit(stream: LogStream): number {
  return 1 << logStreams.indexOf(stream);
}

function pack({ stream, atMs, text, partial }: LogAppend['lines'][number]): PackedLine {
  return [logStreams.indexOf(stream), atMs, text, partial ? 1 : 0];
}

function unpack(chunk: ChunkRecord): LogLineRow[] {
  const seqFirst = Number(chunk.seq_first);
  const attempt = Number(chunk.attempt);
  return (fromJson(chunk.body) as PackedLine[]).map(([stream, atMs, text, partial], index) => ({
    seq: seqFirst + index,
    attempt,
    stream: logStreams[stream] ?? 'system',
    atMs,
    text,
    partial: partial === 1,
  }));
}
