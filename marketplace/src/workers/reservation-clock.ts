import type { Logger } from '@node3/shared/logger';
import { type Loop, startLoop } from '@node3/shared/loop';
import type { Reservations } from '../services/reservations.ts';

/** A lease asks for itself; this only tells agents with a socket that they are looked at again. */
const turnIntervalMs = 1_000;

export function startReservationClock(deps: { reservations: Reservations; log: Logger }): Loop {
  return startLoop({
    name: 'reservation-clock',
    intervalMs: turnIntervalMs,
    log: deps.log,
    async run() {
      deps.reservations.turn();
    },
  });
}
