import type { Logger } from '@node3/shared/logger';
import type { Loop } from '@node3/shared/loop';
import { type PreemptDeps, preemptWaiting } from '../services/preempt-waiting.ts';
import { type SingleDeps, startSingleLoop } from './single-loop.ts';

/** As often as jobs become due for it: they wait for a second first. */
const preemptIntervalMs = 1_000;

export function startPreemptor(deps: PreemptDeps & SingleDeps & { log: Logger }): Loop {
  return startSingleLoop(deps, {
    name: 'preemptor',
    intervalMs: preemptIntervalMs,
    log: deps.log,
    // Nobody could take here what room is made for.
    canRun: () => !deps.matchmaker.isPaused,
    async run() {
      const stopped = await preemptWaiting(deps);
      if (stopped > 0) deps.log.info({ stopped }, 'interruptible executions are to make room');
    },
  });
}
