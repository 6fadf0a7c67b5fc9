import { assert } from '@node3/shared/assert';
import { MarketError } from '@node3/shared/error';
import { isTerminalExecution } from '@node3/shared/execution-state';
import { limits } from '@node3/shared/limits';
import { logMarks } from '@node3/shared/log-marks';
import type { JobStore, LogAppend, LogQuery } from '../job-store.ts';
import type { LogLineRow } from '../rows.ts';
import type { Database } from './database.ts';
import { fencedIn } from './job-change.ts';
import { specIn } from './job-reads.ts';
import { type ChunkRecord, pack, streamBit, streamMask, unpack } from './log-chunk.ts';
import { noteProgressIn } from './progress.ts';
import type { Tx, Work } from './work.ts';

/**
 * Chunks read at once: one, which may be a page by itself and have a megabyte, then more and more,
 * since most have a few lines.
 */
const chunksPerReadMax = 8;
const insertChunk = `
  INSERT INTO log_chunks (job_id, seq_first, seq_last, attempt, streams, body)
  VALUES (?, ?, ?, ?, ?, ?)`;
const countInExecution = 'UPDATE executions SET log_seq = log_seq + ? WHERE execution_id = ?';
const countInJob = `
  UPDATE jobs SET log_lines = log_lines + ?, log_bytes = log_bytes + ? WHERE job_id = ?
  RETURNING log_lines`;
const selectUsed = 'SELECT log_bytes, log_lines, attempt FROM jobs WHERE job_id = ?';
const selectLastChunk = `
  SELECT seq_first, attempt, body FROM log_chunks
  WHERE job_id = ? ORDER BY seq_last DESC LIMIT 1`;
const selectChunks = `
  SELECT seq_first, attempt, body FROM log_chunks
  WHERE job_id = ? AND seq_last > +? AND (streams & +?) <> 0 ORDER BY seq_last LIMIT +?`;

export function createLogStore(database: Database): Pick<JobStore, 'appendLogs' | 'readLogs'> {
  return {
    appendLogs(append) {
      return database.write((tx) => appendLogsIn(tx, append));
    },
    readLogs(query) {
      return database.read((tx) => readLogsIn(tx, query));
    },
  };
}

function* appendLogsIn(tx: Tx, append: LogAppend): Work<{ ackedSeq: number; jobId: string }> {
  const execution = yield* fencedIn(tx, append.fence, append.agentId);
  const { executionId, jobId, attempt, state, logSeq } = execution;
  if (isTerminalExecution(state)) throw new MarketError('LEASE_STALE', { executionId });
  // Lines that would leave a hole are not taken: the answer tells the agent where to go on.
  const stored = logSeq + 1 - append.seqFirst;
  const fresh = stored < 0 ? [] : append.lines.slice(stored);
  if (fresh.length === 0) return { ackedSeq: logSeq, jobId };
  const { lines, bytes } =
    append.keep === 'none'
      ? yield* noneKeptIn(tx, jobId, append.nowMs)
      : yield* withinLimitIn(tx, jobId, fresh, append.nowMs);
  if (lines.length > 0) {
    const streams = lines.reduce((mask, { stream }) => mask | streamBit(stream), 0);
    const counted = yield* tx.get<{ log_lines: bigint }>(countInJob, lines.length, bytes, jobId);
    assert(counted !== undefined, `execution ${executionId} has a job`);
    const seqLast = Number(counted.log_lines);
    const seqFirst = seqLast - lines.length + 1;
    const body = JSON.stringify(lines.map(pack));
    yield* tx.post(insertChunk, jobId, seqFirst, seqLast, attempt, streams, body);
  }
  yield* tx.post(countInExecution, fresh.length, executionId);
  yield* noteProgressIn(tx, execution, fresh, append.nowMs);
  return { ackedSeq: logSeq + fresh.length, jobId };
}

type Line = LogAppend['lines'][number];

/**
 * The lines that the log still has room for, and the bytes they count for. The agent cuts the log
 * itself; this is for one that doesn't. What is beyond is taken and dropped, after one line that says
 * so: refusing it would make an agent send it again for ever. Each line counts for one byte more than
 * its text, so that empty ones are bounded too.
 */
function* withinLimitIn(
  tx: Tx,
  jobId: string,
  fresh: Line[],
  nowMs: number,
): Work<{ lines: Line[]; bytes: number }> {
  const bytes = fresh.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);
  const record = yield* tx.get<UsedRecord>(selectUsed, jobId);
  assert(record !== undefined, `job ${jobId} is stored`);
  const used = Number(record.log_bytes + record.log_lines);
  if (used + bytes + fresh.length <= limits.logBytesSlack) return { lines: fresh, bytes };
  const spec = yield* specIn(tx, jobId);
  const left = spec.limits.logBytes * Number(record.attempt) + limits.logBytesSlack - used;
  if (bytes + fresh.length <= left) return { lines: fresh, bytes };
  if (left <= 0) return { lines: [], bytes: 0 };
  let room = left;
  const end = fresh.findIndex(({ text }) => (room -= Buffer.byteLength(text) + 1) < 0);
  const text = `${logMarks.cutOff} by the marketplace: the log limit of the job is reached]`;
  const marker: Line = { stream: 'system', atMs: nowMs, text, partial: false };
  return { lines: [...fresh.slice(0, end), marker], bytes: left };
}

const notKept = `${logMarks.truncated} by the marketplace: its disk is nearly full]`;

/** One line for all that is dropped in a row. */
function* noneKeptIn(tx: Tx, jobId: string, nowMs: number): Work<{ lines: Line[]; bytes: number }> {
  const last = yield* tx.get<ChunkRecord>(selectLastChunk, jobId);
  if (last !== undefined && unpack(last).at(-1)?.text === notKept) return { lines: [], bytes: 0 };
  const marker: Line = { stream: 'system', atMs: nowMs, text: notKept, partial: false };
  return { lines: [marker], bytes: notKept.length };
}

interface UsedRecord {
  log_bytes: bigint;
  log_lines: bigint;
  attempt: bigint;
}

/** Stops reading chunks once the page is full, so a page costs the same wherever it lies. */
function* readLogsIn(tx: Tx, query: LogQuery): Work<LogLineRow[]> {
  const { jobId, afterSeq, limit } = query;
  const mask = streamMask(query.stream);
  const page: LogLineRow[] = [];
  let bytes = 0;
  for (let after = afterSeq, wanted = 1; ; wanted = Math.min(2 * wanted, chunksPerReadMax)) {
    const chunks = yield* tx.all<ChunkRecord>(selectChunks, jobId, after, mask, wanted);
    for (const line of chunks.flatMap(unpack)) {
      after = line.seq;
      if (line.seq <= afterSeq || (streamBit(line.stream) & mask) === 0) continue;
      page.push(line);
      bytes += line.text.length;
      if (page.length >= limit || bytes >= limits.logPageBytes) return page;
    }
    if (chunks.length < wanted) return page;
  }
}
