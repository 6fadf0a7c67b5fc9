import type { LogAppend } from '../job-store.ts';
import type { ExecutionRow } from '../rows.ts';
import { streamBit } from './log-chunk.ts';
import type { Tx, Work } from './work.ts';

const putOff = `
  UPDATE executions SET deadline_ms =
    CASE WHEN run_deadline_ms < @nowMs + progress_ms THEN run_deadline_ms
      ELSE @nowMs + progress_ms END
  WHERE execution_id = @executionId`;
const stopWatching = `
  UPDATE executions SET deadline_ms = run_deadline_ms, progress_ms = NULL WHERE execution_id = ?`;
const selectProgramLines = `
  SELECT 1 FROM log_chunks WHERE job_id = ? AND attempt = ? AND (streams & ?) <> 0 LIMIT 1`;

const programStreams = streamBit('stdout') | streamBit('stderr');

/**
 * Puts off the deadline of an execution that has to show progress. A line of the agent's own that
 * comes after the program's says that no more of them will: from then on silence means nothing.
 */
export function* noteProgressIn(
  tx: Tx,
  execution: ExecutionRow,
  fresh: LogAppend['blocks'],
  nowMs: number,
): Work<void> {
  const { executionId, jobId, attempt, progressMs, runDeadlineMs } = execution;
  if (progressMs === null || runDeadlineMs === null) return;
  const isCutOff =
    fresh.at(-1)?.stream === 'system' &&
    (fresh.some(({ stream }) => stream !== 'system') ||
      (yield* tx.get(selectProgramLines, jobId, attempt, programStreams)) !== undefined);
  if (isCutOff) yield* tx.post(stopWatching, executionId);
  else yield* tx.run(putOff, { executionId, nowMs });
}
