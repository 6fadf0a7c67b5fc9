import type { Logger } from '@node3/shared/logger';
import { type Loop, startLoop } from '@node3/shared/loop';
import type { JobChangeDeps } from '../services/change-job.ts';
import { sweepDeadlines } from '../services/sweep-deadlines.ts';

/** Deadlines are in seconds, so once a second is exact enough. */
const sweepIntervalMs = 1_000;

export function startDeadlineSweeper(deps: JobChangeDeps & { log: Logger }): Loop {
  return startLoop({
    name: 'deadline-sweeper',
    intervalMs: sweepIntervalMs,
    log: deps.log,
    async run() {
      const changed = await sweepDeadlines(deps);
      if (changed > 0) deps.log.info({ changed }, 'deadlines applied');
    },
  });
}
