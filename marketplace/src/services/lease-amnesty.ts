import type { Clock } from '@node3/shared/clock';
import { isMarketError } from '@node3/shared/error';
import type { Logger } from '@node3/shared/logger';
import type { Store } from '../store/store.ts';
import { extendLeasesAfterDowntime } from './restart-amnesty.ts';

interface Deps {
  store: Pick<Store, 'liveExecutions' | 'extendLeases'>;
  clock: Clock;
  log: Logger;
}

/**
 * Gives leases back the time in which the store took no renewals, a full disk for example: nobody's
 * job is taken from it because of us. What comes after it judges leases.
 */
export class LeaseAmnesty {
  readonly #deps: Deps;
  #isOwed = false;
  #unsupervised: ReadonlyMap<string, number>;

  /** @param unsupervised those of the time before this process; see `extendLeasesAfterDowntime`. */
  constructor(deps: Deps, unsupervised: ReadonlyMap<string, number>) {
    this.#deps = deps;
    this.#unsupervised = unsupervised;
  }

  /** A renewal failed. Only what is no fault of the agent's gives it time. */
  renewalFailed(error: unknown): void {
    if (isMarketError(error, 'STORAGE_FULL') || isMarketError(error, 'STORE_UNAVAILABLE')) {
      this.#isOwed = true;
    }
  }

  /** Before leases are judged. Rejects when the store still takes nothing: then none may be judged. */
  async grant(): Promise<void> {
    if (!this.#isOwed) return;
    this.#isOwed = false;
    try {
      const lost = await extendLeasesAfterDowntime(this.#deps);
      this.#unsupervised = new Map([...this.#unsupervised, ...lost]);
    } catch (error) {
      this.#isOwed = true;
      throw error;
    }
  }

  /** When the lease of an execution ran out because of us; null where it did not. */
  unsupervisedSince(executionId: string): number | null {
    return this.#unsupervised.get(executionId) ?? null;
  }
}
