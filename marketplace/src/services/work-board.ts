import type { Device } from '@node3/shared/device';
import type { AgentFacts } from '../domain/fit-placement.ts';
import { type Capacity, type Needs, needsOf } from '../domain/matching.ts';
import type { ExecutionRow, JobRow } from '../store/rows.ts';

export interface RunningWork {
  executionId: string;
  agentId: string;
  jobId: string;
  needs: Needs;
  devices: readonly Device[];
  leasedAtMs: number;
}

/**
 * Who runs what, in memory, for looks at the market that must not search the database. What an agent
 * itself says is free decides who gets a job; this is the marketplace's own view of it.
 */
export class WorkBoard {
  readonly #byAgent = new Map<string, Map<string, RunningWork>>();

  started(job: JobRow, execution: ExecutionRow): void {
    const { executionId, agentId, devices, leasedAtMs } = execution;
    const works = this.#byAgent.get(agentId) ?? new Map<string, RunningWork>();
    this.#byAgent.set(agentId, works);
    works.set(executionId, {
      executionId,
      agentId,
      jobId: job.jobId,
      needs: needsOf(job.spec, job.accountId),
      devices,
      leasedAtMs,
    });
  }

  ended({ executionId, agentId }: Pick<ExecutionRow, 'executionId' | 'agentId'>): void {
    const works = this.#byAgent.get(agentId);
    works?.delete(executionId);
    if (works?.size === 0) this.#byAgent.delete(agentId);
  }

  countOf(agentId: string): number {
    return this.#byAgent.get(agentId)?.size ?? 0;
  }

  of(agentId: string): RunningWork[] {
    return [...(this.#byAgent.get(agentId)?.values() ?? [])];
  }

  /** What an agent has left beside what it runs. */
  capacityOf(agent: AgentFacts): Capacity {
    const { agentId, wallet, offer } = agent;
    return lessWork(
      {
        agentId,
        wallet,
        offer,
        reservedFor: null,
        freeDeviceIds: offer.devices.map(({ id }) => id),
        freeCpus: offer.cpus,
        freeMemoryBytes: offer.memoryBytes,
        freeSlots: offer.slots,
      },
      this.of(agentId),
    );
  }
}

/** What is left of a capacity beside these. */
export function lessWork(
  capacity: Capacity,
  works: readonly Pick<RunningWork, 'needs' | 'devices'>[],
): Capacity {
  const taken = new Set(works.flatMap(({ devices }) => devices.map(({ id }) => id)));
  const sum = (of: 'cpus' | 'memoryBytes') =>
    works.reduce((all, { needs }) => all + needs.resources[of], 0);
  return {
    ...capacity,
    freeDeviceIds: capacity.freeDeviceIds.filter((id) => !taken.has(id)),
    freeCpus: capacity.freeCpus - sum('cpus'),
    freeMemoryBytes: capacity.freeMemoryBytes - sum('memoryBytes'),
    freeSlots: capacity.freeSlots - works.length,
  };
}
