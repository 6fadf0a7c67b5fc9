import { ManualClock } from '@node3/shared/testing/manual-clock';
import type { HostClock } from '../host-clock.ts';

/** A clock that moves only when the test says so; `sleepMachine` moves the boot clock alone. */
export class ManualHostClock extends ManualClock implements HostClock {
  #sleptMs = 0;
  bootMs(): number {
    return this.monotonicMs() + this.#sleptMs;
  }
  /** The machine is suspended: its monotonic clock stands still meanwhile. */
  sleepMachine(ms: number): void {
    this.#sleptMs += ms;
  }
}
