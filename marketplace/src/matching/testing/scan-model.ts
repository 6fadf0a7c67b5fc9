import { nativeImage } from '@node3/shared/job-spec';
import { toMoney } from '@node3/shared/money';
import { type Capacity, fit, type Needs, type SimulatedPolicy } from '../../domain/matching.ts';
import type { OpenJob } from '../open-job.ts';

/** What the index has to answer, found by looking at every job: slow, and plainly right. */
export class ScanModel {
  readonly #simulated: SimulatedPolicy;
  readonly #jobs = new Map<string, OpenJob>();

  constructor(simulated: SimulatedPolicy) {
    this.#simulated = simulated;
  }

  get jobIds(): string[] {
    return [...this.#jobs.keys()];
  }

  add(job: OpenJob): void {
    this.#jobs.set(job.jobId, job);
  }

  remove(jobId: string): void {
    this.#jobs.delete(jobId);
  }

  bestFor(capacity: Capacity, nowMs: number): string | null {
    let best: OpenJob | null = null;
    for (const job of this.#jobs.values()) {
      if (job.avoidedAgentIds.includes(capacity.agentId) && job.avoidUntilMs > nowMs) continue;
      if (!fit(wholeNeedsOf(job), capacity, this.#simulated).fits) continue;
      if (best === null || comesBefore(job, best)) best = job;
    }
    return best?.jobId ?? null;
  }
}

function comesBefore(a: OpenJob, b: OpenJob): boolean {
  return a.rankMs === b.rankMs ? a.jobId < b.jobId : a.rankMs < b.rankMs;
}

function wholeNeedsOf({ needs, accountId, hourlyOffer, asset }: OpenJob): Needs {
  const { gpus, cpus, memoryBytes, diskBytes, arch, isNative, placement } = needs;
  const bid = toMoney(hourlyOffer, asset);
  return {
    placement,
    resources: { gpus, cpus, memoryBytes, diskBytes, arch, shmBytes: 0 },
    workload: { image: isNative ? nativeImage : 'image' },
    limits: { runSec: needs.runSec ?? 300 },
    price: { kind: 'metered', bidPerGpuHour: bid, cap: bid },
    requesterId: accountId,
  };
}
