import type { Loop } from '@node3/shared/loop';
import { type FireDeps, fireSchedules } from '../services/fire-schedules.ts';
import type { Intake } from '../services/intake.ts';
import { type SingleDeps, startSingleLoop } from './single-loop.ts';

/**
 * How long it sleeps at most: timers don't follow the wall clock, so this is how late it notices that
 * somebody set the clock forward.
 */
const sleepMaxMs = 60_000;

/** Sleeps until the next due time of all schedules: one timer and one look at an index. */
export function startScheduleFirer(
  deps: FireDeps & SingleDeps & { intake: Pick<Intake, 'refusal'> },
): Loop {
  let alarm: NodeJS.Timeout | undefined;
  const loop = startSingleLoop(deps, {
    name: 'schedule-firer',
    intervalMs: sleepMaxMs,
    log: deps.log,
    // What is due stays due: another replica fires it, or it is found to be too late once there is room.
    canRun: () => deps.intake.refusal === null,
    async run(signal) {
      clearTimeout(alarm);
      const fired = await fireSchedules(deps, signal);
      if (fired > 0) deps.log.info({ fired }, 'schedules fired');
      const nextMs = await deps.store.nextScheduleDueMs();
      const waitMs = nextMs === null ? sleepMaxMs : Math.max(0, nextMs - deps.clock.nowMs());
      if (waitMs < sleepMaxMs && !signal.aborted) alarm = setTimeout(() => loop.wake(), waitMs);
    },
  });
  return {
    wake: () => loop.wake(),
    async stop() {
      await loop.stop();
      clearTimeout(alarm);
    },
  };
}
