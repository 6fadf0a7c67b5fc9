import type { Logger } from '@node3/shared/logger';
import { type Loop, startLoop } from '@node3/shared/loop';
import { type PreemptDeps, preemptWaiting } from '../services/preempt-waiting.ts';

/** As often as jobs become due for it: they wait for a second first. */
const preemptIntervalMs = 1_000;

export function startPreemptor(deps: PreemptDeps & { log: Logger }): Loop {
  return startLoop({
    name: 'preemptor',
    intervalMs: preemptIntervalMs,
    log: deps.log,
    async run() {
      const stopped = await preemptWaiting(deps);
      if (stopped > 0) deps.log.info({ stopped }, 'interruptible executions are to make room');
    },
  });
}
