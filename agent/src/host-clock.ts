import { readFileSync } from 'node:fs';
import { uptime } from 'node:os';
import { type Clock, systemClock } from '@node3/shared/clock';

/** A clock that also counts the time a machine was asleep. */
export interface HostClock extends Clock {
  /** Milliseconds since the machine booted, sleep included; differs from `monotonicMs` by it. */
  bootMs(): number;
}

/** One moment on both clocks that can't be set back. */
export interface Instant {
  monotonicMs: number;
  bootMs: number;
}

export const systemHostClock: HostClock = { ...systemClock, bootMs: () => uptime() * 1000 };

export function instantOf(clock: HostClock): Instant {
  return { monotonicMs: clock.monotonicMs(), bootMs: clock.bootMs() };
}

/**
 * Names this boot of the machine, so that a boot time read from disk is known to be comparable.
 * @returns null where the system does not tell; a stored boot time is then worth nothing.
 */
export function readBootId(): string | null {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return null;
  }
}
