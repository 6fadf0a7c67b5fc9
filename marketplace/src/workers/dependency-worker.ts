import type { Logger } from '@node3/shared/logger';
import type { Loop } from '@node3/shared/loop';
import type { JobChangeDeps } from '../services/change-job.ts';
import { settleDependencies } from '../services/settle-dependencies.ts';
import { type SingleDeps, startSingleLoop } from './single-loop.ts';

/** It is woken when there is something to do; this is for what a crash left on the list. */
const lookIntervalMs = 30_000;

export function startDependencyWorker(deps: JobChangeDeps & SingleDeps & { log: Logger }): Loop {
  return startSingleLoop(deps, {
    name: 'dependency-worker',
    intervalMs: lookIntervalMs,
    log: deps.log,
    async run(signal) {
      while (!signal.aborted && (await settleDependencies(deps)) > 0);
    },
  });
}
