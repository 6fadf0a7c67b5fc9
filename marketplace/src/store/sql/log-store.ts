import { assert } from '@node3/shared/assert';
import { MarketError } from '@node3/shared/error';
import { isTerminalExecution } from '@node3/shared/execution-state';
import { limits } from '@node3/shared/limits';
import {
  endsOpen,
  type LogBlock,
  linesOf,
  lineTexts,
  packBlocks,
  partsOf,
  sliceBlocks,
} from '@node3/shared/log-blocks';
import { logMarks } from '@node3/shared/log-marks';
import type { JobStore, LogAppend, LogAppended, LogQuery } from '../job-store.ts';
import { afterLines, LogPageFill, toLineRows } from '../log-page.ts';
import type { LogBlockRow } from '../rows.ts';
import type { Database } from './database.ts';
import { fencedIn } from './job-change.ts';
import { specIn } from './job-reads.ts';
import { type ChunkRecord, streamBit, streamMask, toRows, unpack } from './log-chunk.ts';
import { noteProgressIn } from './progress.ts';
import type { Tx, Work } from './work.ts';

/** Chunks read at once: one, which may be a page by itself, then more and more: most have a few lines. */
const chunksPerReadMax = 16;
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

export function createLogStore(
  database: Database,
): Pick<JobStore, 'appendLogs' | 'readLogs' | 'readLogBlocks'> {
  return {
    appendLogs(append) {
      return database.write((tx) => appendLogsIn(tx, append));
    },
    async readLogs(query) {
      return toLineRows(await database.read((tx) => readBlocksIn(tx, query)));
    },
    readLogBlocks(query) {
      return database.read((tx) => readBlocksIn(tx, query));
    },
  };
}

function* appendLogsIn(tx: Tx, append: LogAppend): Work<LogAppended> {
  const execution = yield* fencedIn(tx, append.fence, append.agentId);
  const { executionId, jobId, attempt, state, logSeq } = execution;
  if (isTerminalExecution(state)) throw new MarketError('LEASE_STALE', { executionId });
  // Lines that would leave a hole are not taken: the answer tells the agent where to go on.
  const known = logSeq + 1 - append.seqFirst;
  const sent = linesOf(append.blocks);
  if (known < 0 || known >= sent) return { ackedSeq: logSeq, jobId, stored: [] };
  const fresh = sliceBlocks(append.blocks, known, sent);
  const { blocks, bytes } =
    append.keep === 'none'
      ? yield* noneKeptIn(tx, jobId, append.nowMs)
      : yield* withinLimitIn(tx, jobId, fresh, append.nowMs);
  let stored: LogBlockRow[] = [];
  if (blocks.length > 0) {
    const lines = linesOf(blocks);
    const counted = yield* tx.get<{ log_lines: bigint }>(countInJob, lines, bytes, jobId);
    assert(counted !== undefined, `execution ${executionId} has a job`);
    const seqFirst = Number(counted.log_lines) - lines + 1;
    let seqLast = seqFirst - 1;
    for (const part of partsOf(blocks)) {
      const first = seqLast + 1;
      seqLast += linesOf(part);
      yield* tx.post(insertChunk, jobId, first, seqLast, attempt, maskOf(part), packBlocks(part));
    }
    stored = toRows(blocks, seqFirst, attempt);
  }
  yield* tx.post(countInExecution, sent - known, executionId);
  yield* noteProgressIn(tx, execution, fresh, append.nowMs);
  return { ackedSeq: logSeq + sent - known, jobId, stored };
}

function maskOf(blocks: readonly LogBlock[]): number {
  return blocks.reduce((mask, { stream }) => mask | streamBit(stream), 0);
}

/**
 * The lines that the log still has room for, and the bytes they count for. The agent cuts the log
 * itself; this is for one that doesn't. What is beyond is taken and dropped, after one line that says
 * so: refusing it would make an agent send it again for ever. Each line counts for one byte more than
 * its text, so that empty ones are bounded too.
 */
function* withinLimitIn(
  tx: Tx,
  jobId: string,
  fresh: LogBlock[],
  nowMs: number,
): Work<{ blocks: LogBlock[]; bytes: number }> {
  const lines = linesOf(fresh);
  const bytes = fresh.reduce((sum, block) => sum + textBytes(block), 0);
  const record = yield* tx.get<UsedRecord>(selectUsed, jobId);
  assert(record !== undefined, `job ${jobId} is stored`);
  const used = Number(record.log_bytes + record.log_lines);
  if (used + bytes + lines <= limits.logBytesSlack) return { blocks: fresh, bytes };
  const spec = yield* specIn(tx, jobId);
  const left = spec.limits.logBytes * Number(record.attempt) + limits.logBytesSlack - used;
  if (bytes + lines <= left) return { blocks: fresh, bytes };
  if (left <= 0) return { blocks: [], bytes: 0 };
  let room = left;
  const texts = fresh.flatMap(lineTexts);
  const end = texts.findIndex((text) => (room -= Buffer.byteLength(text) + 1) < 0);
  const marker = `${logMarks.cutOff} by the marketplace: the log limit of the job is reached]`;
  return { blocks: [...sliceBlocks(fresh, 0, end), ownLine(marker, nowMs)], bytes: left };
}

/** Without its line breaks. */
function textBytes(block: LogBlock): number {
  const breaks = endsOpen(block) ? block.lineCount - 1 : block.lineCount;
  return Buffer.byteLength(block.text) - breaks;
}

function ownLine(text: string, atMs: number): LogBlock {
  return { stream: 'system', atMs, lineCount: 1, text: `${text}\n` };
}

const notKept = `${logMarks.truncated} by the marketplace: its disk is nearly full]`;

/** One line for all that is dropped in a row. */
function* noneKeptIn(
  tx: Tx,
  jobId: string,
  nowMs: number,
): Work<{ blocks: LogBlock[]; bytes: number }> {
  const last = yield* tx.get<ChunkRecord>(selectLastChunk, jobId);
  if (last !== undefined && unpack(last).flatMap(lineTexts).at(-1) === notKept) {
    return { blocks: [], bytes: 0 };
  }
  return { blocks: [ownLine(notKept, nowMs)], bytes: notKept.length };
}

interface UsedRecord {
  log_bytes: bigint;
  log_lines: bigint;
  attempt: bigint;
}

/** Stops reading chunks once the page is full, so a page costs the same wherever it lies. */
function* readBlocksIn(tx: Tx, query: LogQuery): Work<LogBlockRow[]> {
  const { jobId, afterSeq } = query;
  const mask = streamMask(query.stream);
  const page = new LogPageFill(query.limit);
  for (let after = afterSeq, wanted = 1; ; wanted = Math.min(2 * wanted, chunksPerReadMax)) {
    const chunks = yield* tx.all<ChunkRecord>(selectChunks, jobId, after, mask, wanted);
    for (const block of chunks.flatMap(unpack)) {
      const read = Math.max(0, afterSeq + 1 - block.seq);
      after = block.seq + block.lineCount - 1;
      if (read >= block.lineCount || (streamBit(block.stream) & mask) === 0) continue;
      page.add(read === 0 ? block : afterLines(block, read));
      if (page.isFull) return page.blocks;
    }
    if (chunks.length < wanted) return page.blocks;
  }
}
