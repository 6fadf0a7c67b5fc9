import { isTerminalJob } from '@node3/shared/job-state';
import { limits } from '@node3/shared/limits';
import type { LogPage } from '@node3/shared/routes/jobs';
import { toTimestamp } from '@node3/shared/schema';
import type { LogPosition } from '../live/follow-logs.ts';
import { isFullPage } from '../store/log-page.ts';
import type { JobRow } from '../store/rows.ts';
import type { Store } from '../store/store.ts';
import { viewLogLine } from './job-views.ts';

/** @param job the one that ran, which has the lines. */
export async function readLogPage(
  deps: { store: Pick<Store, 'readLogs' | 'logRemovedAtMs'> },
  job: JobRow,
  position: LogPosition,
  limit: number = limits.logLinesPerPage,
): Promise<LogPage> {
  const { afterSeq, untilSeq } = position;
  const stored = await deps.store.readLogs({ ...position, limit });
  const lines = untilSeq === null ? stored : stored.filter(({ seq }) => seq <= untilSeq);
  const isLast = lines.length < stored.length || !isFullPage(stored, limit);
  const removedAtMs = isTerminalJob(job.state) ? await deps.store.logRemovedAtMs(job.jobId) : null;
  return {
    data: lines.map(viewLogLine),
    nextAfter: lines.at(-1)?.seq ?? afterSeq,
    lastSeq: Math.max(job.logLines, lines.at(-1)?.seq ?? 0),
    ended: isTerminalJob(job.state) && isLast,
    removedAt: removedAtMs === null ? null : toTimestamp(removedAtMs),
  };
}
