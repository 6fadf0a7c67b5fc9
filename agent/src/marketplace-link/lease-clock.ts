import { limits } from '@node3/shared/limits';
import type { HostClock, Instant } from '../host-clock.ts';

interface Lease {
  /** Null for a lease read from the journal: the monotonic clock began anew with this process. */
  endMonotonicMs: number | null;
  endBootMs: number;
}

/**
 * Knows how long each execution may still run by this machine's own clocks. A lease counts from
 * when its renewal was sent, since the marketplace may have answered at once and the answer
 * travelled for long. It ends on whichever clock ends it first: the monotonic one stands still
 * while a laptop sleeps, the boot one does not.
 */
export class LeaseClock {
  readonly #clock: HostClock;
  readonly #onChange: () => void;
  readonly #leases = new Map<string, Lease>();

  /** @param onChange a lease has begun, was renewed or is forgotten. */
  constructor(clock: HostClock, onChange: () => void = () => undefined) {
    this.#clock = clock;
    this.#onChange = onChange;
  }

  /** @returns the end of the lease on the boot clock, for the journal. */
  renew(executionId: string, sentAt: Instant, leaseMs: number): number {
    const endBootMs = sentAt.bootMs + leaseMs;
    this.#leases.set(executionId, { endMonotonicMs: sentAt.monotonicMs + leaseMs, endBootMs });
    this.#onChange();
    return endBootMs;
  }

  /** Takes over a lease that an earlier process held since this boot of the machine. */
  restore(executionId: string, endBootMs: number): void {
    this.#leases.set(executionId, { endMonotonicMs: null, endBootMs });
    this.#onChange();
  }

  forget(executionId: string): void {
    this.#leases.delete(executionId);
    this.#onChange();
  }

  /** @returns its end on the boot clock; 0 for a lease that is not known. */
  endBootMs(executionId: string): number {
    return this.#leases.get(executionId)?.endBootMs ?? 0;
  }

  /** Milliseconds until the workload must be stopped; 0 or less when it must not run. */
  remainingMs(executionId: string): number {
    const lease = this.#leases.get(executionId);
    if (lease === undefined) return 0;
    const byBoot = lease.endBootMs - this.#clock.bootMs();
    const byMonotonic =
      lease.endMonotonicMs === null ? byBoot : lease.endMonotonicMs - this.#clock.monotonicMs();
    return Math.min(byBoot, byMonotonic) - limits.leaseSelfStopMs;
  }

  isLive(executionId: string): boolean {
    return this.remainingMs(executionId) > 0;
  }

  /** Known executions that must be stopped now. */
  expired(): string[] {
    return [...this.#leases.keys()].filter((executionId) => !this.isLive(executionId));
  }
}
