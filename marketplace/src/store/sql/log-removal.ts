import type { LogStore } from '../log-store.ts';
import type { Database } from './database.ts';
import { type ChunkRecord, streamBit, streamMask, unpack } from './log-chunk.ts';
import type { Tx, Work } from './work.ts';

const selectNewestFirst = `
  SELECT seq_first, attempt, body FROM log_chunks
  WHERE job_id = ? AND seq_last < ? AND (streams & ?) <> 0 ORDER BY seq_last DESC LIMIT 1`;
const selectRemoval = 'SELECT removed_at_ms FROM log_removals WHERE job_id = ?';
/** Goes from job to job, not over their chunks; ids are in the order in which jobs were posted. */
const selectExpired = `
  WITH RECURSIVE logged (job_id, created_at_ms, ended_at_ms) AS (
    SELECT job_id, created_at_ms, finished_at_ms FROM jobs
      WHERE job_id = (SELECT min(job_id) FROM log_chunks)
    UNION ALL
    SELECT jobs.job_id, jobs.created_at_ms, jobs.finished_at_ms FROM logged
      JOIN jobs ON jobs.job_id =
        (SELECT min(job_id) FROM log_chunks WHERE log_chunks.job_id > logged.job_id)
      WHERE logged.created_at_ms < ?
  )
  SELECT job_id FROM logged WHERE ended_at_ms < ? ORDER BY job_id LIMIT ?`;
const insertRemoval = `
  INSERT INTO log_removals (job_id, removed_at_ms) VALUES (?, ?) ON CONFLICT DO NOTHING`;
const deleteChunks = `
  DELETE FROM log_chunks WHERE job_id = ? AND seq_last IN
    (SELECT seq_last FROM log_chunks WHERE job_id = ? ORDER BY seq_last LIMIT ?)`;

export function createLogRemoval(database: Database): LogStore {
  return {
    logTail(tail) {
      return database.read((tx) => logTail(tx, tail));
    },
    logRemovedAtMs(jobId) {
      return database.read(function* (tx) {
        const removal = yield* tx.get<{ removed_at_ms: bigint }>(selectRemoval, jobId);
        return removal === undefined ? null : Number(removal.removed_at_ms);
      });
    },
    expiredLogs(endedBeforeMs, limit) {
      return database.read(function* (tx) {
        const values = [endedBeforeMs, endedBeforeMs, limit];
        const found = yield* tx.all<{ job_id: string }>(selectExpired, ...values);
        return found.map((row) => row.job_id);
      });
    },
    removeLog(jobId, chunksMax, nowMs) {
      return database.write(function* (tx) {
        yield* tx.post(insertRemoval, jobId, nowMs);
        return (yield* tx.run(deleteChunks, jobId, jobId, chunksMax)) < chunksMax;
      });
    },
  };
}

/** Counts backwards, so that the end of a long log costs what the end of a short one does. */
function* logTail(
  tx: Tx,
  { jobId, stream, count }: Parameters<LogStore['logTail']>[0],
): Work<number> {
  const mask = streamMask(stream);
  let left = count;
  let before = Number.MAX_SAFE_INTEGER;
  for (;;) {
    const chunk = yield* tx.get<ChunkRecord>(selectNewestFirst, jobId, before, mask);
    if (chunk === undefined) return 0;
    for (const { seq, lineCount, stream } of unpack(chunk).toReversed()) {
      if ((streamBit(stream) & mask) === 0) continue;
      if (left < lineCount) return seq + lineCount - 1 - left;
      left -= lineCount;
    }
    before = Number(chunk.seq_first);
  }
}
