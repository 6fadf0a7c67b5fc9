import type { Clock } from '@node3/shared/clock';
import { isMarketError } from '@node3/shared/error';
import { limits } from '@node3/shared/limits';
import type { Logger } from '@node3/shared/logger';
import type { Fence } from '../store/rows.ts';
import type { Store } from '../store/store.ts';

interface Deps {
  store: Pick<Store, 'giveLeasesBack' | 'unsupervisedSince'>;
  clock: Clock;
  log: Logger;
}

/** A lease whose renewal failed, and since when, on the monotonic clock. */
interface Owed {
  agentId: string;
  fence: Fence;
  sinceMs: number;
}

/** Given back in one write. */
const pageSize = 200;
/** Of one agent: those it runs, and those that it has stopped meanwhile. */
const owedPerAgent = 2 * limits.executionsPerAgent;

/**
 * Gives leases back the time in which the store took no renewals, a full disk for example: nobody's
 * job is taken from it because of us. Only what was to be renewed gets time: an agent that was not
 * there has nothing to get back. It comes before whatever judges leases or renews them.
 */
export class LeaseAmnesty {
  readonly #deps: Deps;
  readonly #lost: ReadonlyMap<string, number>;
  /** By agent and execution. */
  readonly #owed = new Map<string, Map<string, Owed>>();

  /** @param lost what was lost before this process; see `extendLeasesAfterDowntime`. */
  constructor(deps: Deps, lost: ReadonlyMap<string, number>) {
    this.#deps = deps;
    this.#lost = lost;
  }

  /** These could not be renewed. Only what is no fault of the agent's gives it time. */
  renewalFailed(error: unknown, agentId: string, fences: readonly Fence[]): void {
    if (!isMarketError(error, 'STORAGE_FULL') && !isMarketError(error, 'STORE_UNAVAILABLE')) return;
    const sinceMs = this.#deps.clock.monotonicMs();
    this.#note(fences.map((fence) => ({ agentId, fence, sinceMs })));
  }

  /**
   * Gives back what is owed to an agent, or to all of them. null when that is nothing. Rejects when
   * the store still takes nothing: then none of these leases may be judged.
   */
  grant(agentId: string | null): Promise<void> | null {
    const owed = this.#take(agentId);
    return owed.length === 0 ? null : this.#give(owed);
  }

  /** When the lease of an execution ran out because of us; null where it did not. */
  async unsupervisedSince(executionId: string, agentId: string): Promise<number | null> {
    await this.grant(agentId);
    return this.#lost.get(executionId) ?? this.#deps.store.unsupervisedSince(executionId);
  }

  async #give(owed: Owed[]): Promise<void> {
    const { store, clock, log } = this.#deps;
    let leases = 0;
    try {
      while (owed.length > 0) {
        const nowMs = clock.monotonicMs();
        const page = owed.slice(0, pageSize).map(({ agentId, fence, sinceMs }) => ({
          agentId,
          fence,
          byMs: Math.ceil(nowMs - sinceMs),
        }));
        leases += await store.giveLeasesBack(page, {
          nowMs: clock.nowMs(),
          leaseMs: limits.leaseMs,
        });
        owed.splice(0, pageSize);
      }
    } finally {
      this.#note(owed);
      if (leases > 0) log.info({ leases }, 'leases got back the time of failed renewals');
    }
  }

  #take(agentId: string | null): Owed[] {
    const agentIds = agentId === null ? [...this.#owed.keys()] : [agentId];
    return agentIds.flatMap((id) => {
      const owed = [...(this.#owed.get(id)?.values() ?? [])];
      this.#owed.delete(id);
      return owed;
    });
  }

  /** What is owed for longer stays so. */
  #note(owed: readonly Owed[]): void {
    for (const one of owed) {
      const { agentId, fence } = one;
      const ofAgent = this.#owed.get(agentId) ?? new Map<string, Owed>();
      const known = ofAgent.get(fence.executionId);
      if (known !== undefined && known.sinceMs <= one.sinceMs) continue;
      this.#owed.set(agentId, ofAgent.set(fence.executionId, one));
      const [oldest] = ofAgent.keys();
      if (ofAgent.size > owedPerAgent && oldest !== undefined) ofAgent.delete(oldest);
    }
  }
}
