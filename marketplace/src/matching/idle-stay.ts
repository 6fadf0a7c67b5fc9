import type { Device } from '@node3/shared/device';
import type { JobNeeds } from '../domain/job-needs.ts';
import type { Capacity } from '../domain/matching.ts';
import type { IdleAgent } from './idle-agent.ts';

interface Taken {
  needs: Pick<JobNeeds, 'cpus' | 'memoryBytes'>;
  devices: readonly Device[];
}

/** One stay of an agent in the index, from `enter` on: what it has left, and which claims run. */
export class IdleStay {
  readonly agent: IdleAgent;
  readonly #taken = new Map<string, Taken>();
  readonly #claims = new Set<string>();
  #capacity: Capacity;
  #over: PromiseWithResolvers<void> | null = null;

  constructor(agent: IdleAgent) {
    this.agent = agent;
    this.#capacity = agent.capacity;
  }

  get capacity(): Capacity {
    return this.#capacity;
  }

  take(jobId: string, needs: Taken['needs'], devices: readonly Device[]): void {
    this.#claims.add(jobId);
    this.#taken.set(jobId, { needs, devices });
    this.#capacity = less(this.#capacity, { needs, devices });
    if (this.agent.offersMax === 'one') this.#capacity = { ...this.#capacity, freeSlots: 0 };
  }

  giveBack(jobId: string): void {
    this.#taken.delete(jobId);
    this.#capacity = [...this.#taken.values()].reduce(less, this.agent.capacity);
  }

  settled(jobId: string): void {
    this.#claims.delete(jobId);
    if (this.#claims.size === 0) this.#over?.resolve();
  }

  async claimsOver(): Promise<void> {
    if (this.#claims.size === 0) return;
    this.#over ??= Promise.withResolvers<void>();
    await this.#over.promise;
  }
}

/** What is left of an agent while a job runs on these devices. */
function less(capacity: Capacity, { needs, devices }: Taken): Capacity {
  const taken = new Set(devices.map(({ id }) => id));
  return {
    ...capacity,
    freeDeviceIds: capacity.freeDeviceIds.filter((id) => !taken.has(id)),
    freeCpus: capacity.freeCpus - needs.cpus,
    freeMemoryBytes: capacity.freeMemoryBytes - needs.memoryBytes,
    freeSlots: capacity.freeSlots - 1,
  };
}
