import { priorities } from '@node3/shared/job-spec';
import { type Capacity, fit, matchedRate, type SimulatedPolicy } from '../domain/matching.ts';
import type { Candidate } from './idle-agent.ts';
import type { OpenJob } from './open-job.ts';

/** The jobs that could be claimed, and which of them an agent should get. */
export class OpenJobs {
  readonly #simulated: SimulatedPolicy;
  readonly #lanes = new Map(
    priorities.toReversed().map((priority) => [priority, new Map<string, OpenJob>()]),
  );

  constructor(simulated: SimulatedPolicy) {
    this.#simulated = simulated;
  }

  add(job: OpenJob): void {
    this.#lanes.get(job.priority)?.set(job.jobId, job);
  }

  remove(job: OpenJob): void {
    this.#lanes.get(job.priority)?.delete(job.jobId);
  }

  /** The first job, by rank, that this agent can take now. */
  bestFor(capacity: Capacity, nowMs: number): { job: OpenJob; candidate: Candidate } | null {
    for (const lane of this.#lanes.values()) {
      for (const job of lane.values()) {
        const candidate = this.match(job, capacity, nowMs);
        if (candidate !== null) return { job, candidate };
      }
    }
    return null;
  }

  /** Whether this agent can take this job now, and with what. */
  match(job: OpenJob, capacity: Capacity, nowMs: number): Candidate | null {
    if (job.lastAgentId === capacity.agentId && job.avoidUntilMs > nowMs) return null;
    const result = fit(job.needs, capacity, this.#simulated);
    if (!result.fits) return null;
    const rate = matchedRate(job.needs, capacity.offer);
    return { jobId: job.jobId, devices: result.devices, rate };
  }
}
