import type { Clock } from '@node3/shared/clock';
import { limits } from '@node3/shared/limits';
import type { Logger } from '@node3/shared/logger';
import { type Loop, startLoop } from '@node3/shared/loop';
import type { LogStore } from '../store/log-store.ts';

interface Deps {
  store: Pick<LogStore, 'expiredLogs' | 'removeLog'>;
  clock: Clock;
  log: Logger;
  /** How long a log is kept after its job ended. */
  logRetentionMs: number;
}

/** Nobody notices whether a month-old log went an hour later. */
const intervalMs = 600_000;
const jobsPerTurn = 100;

/** Removes the logs of jobs that ended long ago, a few chunks a write, so that nothing else waits. */
export function startLogRetention(deps: Deps): Loop {
  return startLoop({
    name: 'log-retention',
    intervalMs,
    log: deps.log,
    run: (signal) => removeExpiredLogs(deps, signal),
  });
}

export async function removeExpiredLogs(
  { store, clock, log, logRetentionMs }: Deps,
  signal: AbortSignal,
): Promise<void> {
  const endedBeforeMs = clock.nowMs() - logRetentionMs;
  for (;;) {
    const jobIds = await store.expiredLogs(endedBeforeMs, jobsPerTurn);
    for (const jobId of jobIds) {
      while (!(await store.removeLog(jobId, limits.logChunksPerRemoval, clock.nowMs()))) {
        if (signal.aborted) return;
      }
    }
    if (jobIds.length > 0) log.info({ jobs: jobIds.length }, 'old logs are removed');
    if (jobIds.length < jobsPerTurn || signal.aborted) return;
  }
}
