import { logMarks } from '@node3/shared/log-marks';
import type { Reuse } from '../job-store.ts';
import type { JobRow } from '../rows.ts';
import { jobIn } from './job-reads.ts';
import { streamBit } from './log-chunk.ts';
import type { Tx, Work } from './work.ts';

const selectNewest = `
  SELECT job_id FROM jobs INDEXED BY jobs_by_cache_key
  WHERE account_id = ? AND cache_key = ? AND finished_at_ms >= ?
    AND state = 'succeeded' AND cached_from IS NULL
  ORDER BY finished_at_ms DESC LIMIT 1`;
const selectIncomplete = `
  SELECT 1 FROM log_chunks WHERE job_id = ? AND (streams & ?) <> 0
    AND (instr(body, ?) > 0 OR instr(body, ?) > 0 OR instr(body, ?) > 0) LIMIT 1`;

/**
 * The newest job of the account with the same key whose result can stand for a new one's; null when
 * there is none, or when what it wrote is not all here.
 */
export function* reusableIn(
  tx: Tx,
  accountId: string,
  { cacheKey, finishedAfterMs }: Reuse,
): Work<JobRow | null> {
  const found = yield* tx.get<{ job_id: string }>(
    selectNewest,
    accountId,
    cacheKey,
    finishedAfterMs,
  );
  if (found === undefined) return null;
  const { truncated, cutOff, unreadable } = logMarks;
  const incomplete = yield* tx.get(
    selectIncomplete,
    found.job_id,
    streamBit('system'),
    truncated,
    cutOff,
    unreadable,
  );
  return incomplete === undefined ? yield* jobIn(tx, found.job_id) : null;
}
