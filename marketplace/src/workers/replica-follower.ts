import type { Logger } from '@node3/shared/logger';
import { type Loop, startLoop } from '@node3/shared/loop';
import type { EventTail } from '../live/event-tail.ts';

/** Hints come within milliseconds; this is for those that got lost with a connection or a process. */
const lookIntervalMs = 1_000;

/** Reads what other replicas have stored although nobody told of it. */
export function startReplicaFollower(deps: { tail: EventTail; log: Logger }): Loop {
  const loop = startLoop({
    name: 'replica-follower',
    intervalMs: lookIntervalMs,
    log: deps.log,
    run: () => deps.tail.catchUp(),
  });
  return {
    wake: () => loop.wake(),
    async stop() {
      await deps.tail.stop();
      await loop.stop();
    },
  };
}
