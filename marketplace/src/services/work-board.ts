import type { AgentFacts } from '../domain/fit-placement.ts';
import { type Capacity, lessWork, needsOf } from '../domain/matching.ts';
import type { Interruptible } from '../domain/preemption.ts';
import { FamiliarAgents } from '../matching/familiar-agents.ts';
import type { ExecutionRow, JobRow } from '../store/rows.ts';
import type { ReservedFor } from './reservations.ts';

export interface RunningWork extends Interruptible {
  agentId: string;
  jobId: string;
  attempt: number;
  /** Whether it was asked to stop for another job. */
  isStopping: boolean;
}

/**
 * Who runs what, in memory, for looks at the market that must not search the database. What an agent
 * itself says is free decides who gets a job; this is the marketplace's own view of it.
 */
export class WorkBoard {
  /** Who has run what before. */
  readonly familiar = new FamiliarAgents();
  readonly #byAgent = new Map<string, Map<string, RunningWork>>();
  /** Agents with work that may be interrupted, and how much of it. */
  readonly #interruptible = new Map<string, number>();
  readonly #reservedFor: ReservedFor;

  constructor(reservedFor: ReservedFor = () => null) {
    this.#reservedFor = reservedFor;
  }

  started(job: JobRow, execution: ExecutionRow): void {
    const { executionId, agentId, devices, leasedAtMs } = execution;
    const works = this.#byAgent.get(agentId) ?? new Map<string, RunningWork>();
    this.#byAgent.set(agentId, works);
    if (works.has(executionId)) return;
    const needs = needsOf(job.spec, job.accountId);
    this.familiar.note(agentId, { image: needs.workload.image, accountId: job.accountId });
    const isStopping = execution.preemptedAtMs !== null;
    const { jobId, attempt } = execution;
    works.set(executionId, {
      executionId,
      agentId,
      jobId,
      attempt,
      needs,
      devices,
      leasedAtMs,
      isStopping,
    });
    if (needs.placement.interruptible) this.#countInterruptible(agentId, 1);
  }

  /** It was asked to stop for another job. */
  stopping({ executionId, agentId }: Pick<ExecutionRow, 'executionId' | 'agentId'>): void {
    const work = this.#byAgent.get(agentId)?.get(executionId);
    if (work !== undefined) work.isStopping = true;
  }

  ended({ executionId, agentId }: Pick<ExecutionRow, 'executionId' | 'agentId'>): void {
    const works = this.#byAgent.get(agentId);
    const work = works?.get(executionId);
    if (works === undefined || work === undefined) return;
    works.delete(executionId);
    if (works.size === 0) this.#byAgent.delete(agentId);
    if (work.needs.placement.interruptible) this.#countInterruptible(agentId, -1);
  }

  /** Agents that run something interruptible. */
  interruptibleAgents(): Iterable<string> {
    return this.#interruptible.keys();
  }

  countOf(agentId: string): number {
    return this.#byAgent.get(agentId)?.size ?? 0;
  }

  of(agentId: string): RunningWork[] {
    return [...(this.#byAgent.get(agentId)?.values() ?? [])];
  }

  /** What an agent has left beside what it runs. */
  capacityOf(agent: AgentFacts): Capacity {
    return lessWork(this.wholeOf(agent), this.of(agent.agentId));
  }

  /** What an agent has while it runs nothing. */
  wholeOf({ agentId, wallet, offer }: AgentFacts): Capacity {
    return {
      agentId,
      wallet,
      offer,
      reservedFor: this.#reservedFor(agentId),
      freeDeviceIds: offer.devices.map(({ id }) => id),
      freeCpus: offer.cpus,
      freeMemoryBytes: offer.memoryBytes,
      freeSlots: offer.slots,
    };
  }

  #countInterruptible(agentId: string, by: number): void {
    const count = (this.#interruptible.get(agentId) ?? 0) + by;
    if (count === 0) this.#interruptible.delete(agentId);
    else this.#interruptible.set(agentId, count);
  }
}
