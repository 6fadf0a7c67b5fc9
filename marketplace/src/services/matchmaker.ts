import type { Clock } from '@node3/shared/clock';
import type { Device } from '@node3/shared/device';
import type { Priority } from '@node3/shared/job-spec';
import { type Asset, type BaseUnits, fromMoney, type Money, toMoney } from '@node3/shared/money';
import {
  type Capacity,
  fit,
  matchedRate,
  type Needs,
  needsOf,
  type SimulatedPolicy,
  scoreAgent,
} from '../domain/matching.ts';
import { avoidLastAgentMs } from '../domain/retry-policy.ts';
import type { JobRow } from '../store/rows.ts';

interface OpenJob {
  jobId: string;
  /** Not the whole spec: with its code and inputs a full queue would not fit into memory. */
  needs: Needs;
  notBeforeMs: number;
  lastAgentId: string | null;
  requeuedAtMs: number;
  /** null for a metered job, whose price depends on its run. */
  reward: Money | null;
}

export interface Candidate {
  jobId: string;
  devices: Device[];
  /** Base units per GPU hour that a metered job will pay; null for a fixed price. */
  rate: BaseUnits | null;
}

interface Waiter {
  agentId: string;
  /** What it could take; null when it listens for messages and wants no work. */
  capacity: Capacity | null;
  jobsSucceeded: number;
  jobsFailed: number;
  /** Ends the wait, because of an open job, or because there is a message or nothing at all. */
  wake(jobId: string | null): void;
}

const priorityOrder: readonly Priority[] = ['urgent', 'high', 'normal', 'low'];

/**
 * Proposes who could run what; the store decides. Holds the open jobs and the agents that wait, so
 * that neither posting nor polling searches the database. Rebuilt from the store at start.
 */
export class Matchmaker {
  readonly #clock: Clock;
  readonly #simulated: SimulatedPolicy;
  readonly #lanes = new Map<Priority, Map<string, OpenJob>>(
    priorityOrder.map((priority) => [priority, new Map<string, OpenJob>()]),
  );
  readonly #waiters = new Map<string, Waiter>();
  readonly #timers = new Map<string, NodeJS.Timeout>();
  /** Kept up to date with the lanes, so that an overview needs no walk over them. */
  readonly #rewards = { SOL: { jobs: 0n, sum: 0n }, USDC: { jobs: 0n, sum: 0n } };
  #version = 0;

  constructor(clock: Clock, simulated: SimulatedPolicy) {
    this.#clock = clock;
    this.#simulated = simulated;
  }

  /** Grows with every job added: tells a poll that looked before whether to look again. */
  get version(): number {
    return this.#version;
  }

  get openCount(): number {
    let count = 0;
    for (const lane of this.#lanes.values()) count += lane.size;
    return count;
  }

  /** Open jobs that come before a new one of this priority. */
  openAhead(priority: Priority): number {
    const ahead = priorityOrder.slice(0, priorityOrder.indexOf(priority) + 1);
    return ahead.reduce((sum, lane) => sum + (this.#lanes.get(lane)?.size ?? 0), 0);
  }

  /** Adds a queued job and wakes the best agent that waits for such a one. */
  addJob(job: JobRow): void {
    const open: OpenJob = {
      jobId: job.jobId,
      needs: needsOf(job.spec, job.accountId),
      notBeforeMs: job.notBeforeMs ?? 0,
      lastAgentId: job.agentId,
      requeuedAtMs: job.queuedAtMs ?? 0,
      reward: job.spec.price.kind === 'fixed' ? job.spec.price.reward : null,
    };
    this.#version += 1;
    this.removeJob(job.jobId);
    this.#count(open, 1n);
    this.#lanes.get(job.priority)?.set(job.jobId, open);
    const dueAgainMs = open.lastAgentId === null ? [] : [open.requeuedAtMs + avoidLastAgentMs];
    this.#wakeWhenDue(open, [open.notBeforeMs, ...dueAgainMs]);
  }

  removeJob(jobId: string): void {
    for (const lane of this.#lanes.values()) {
      const job = lane.get(jobId);
      if (job === undefined) continue;
      this.#count(job, -1n);
      lane.delete(jobId);
    }
    clearTimeout(this.#timers.get(jobId));
    this.#timers.delete(jobId);
  }

  /** Mean reward of the open jobs with a fixed price in each asset; null where there are none. */
  meanRewards(): Record<Asset, Money | null> {
    const mean = (asset: Asset) => {
      const { jobs, sum } = this.#rewards[asset];
      return jobs === 0n ? null : toMoney(sum / jobs, asset);
    };
    return { SOL: mean('SOL'), USDC: mean('USDC') };
  }

  /** The first open job, by priority and age, that this agent can take now. */
  propose(capacity: Capacity, skip: ReadonlySet<string>): Candidate | null {
    const nowMs = this.#clock.nowMs();
    for (const priority of priorityOrder) {
      for (const job of this.#lanes.get(priority)?.values() ?? []) {
        if (skip.has(job.jobId) || !this.#isOfferable(job, capacity.agentId, nowMs)) continue;
        const result = fit(job.needs, capacity, this.#simulated);
        if (!result.fits) continue;
        const rate = matchedRate(job.needs, capacity.offer);
        return { jobId: job.jobId, devices: result.devices, rate };
      }
    }
    return null;
  }

  /** Registers a waiting poll; the returned function takes it out again. */
  wait(waiter: Waiter): () => void {
    const { agentId } = waiter;
    this.#waiters.set(agentId, waiter);
    return () => {
      if (this.#waiters.get(agentId) === waiter) this.#waiters.delete(agentId);
    };
  }

  /** Makes a waiting poll answer, because there is a message for its agent. */
  wakeAgent(agentId: string): void {
    this.#waiters.get(agentId)?.wake(null);
  }

  /** Passes a job on that woke an agent which then did not take it, so that no wake-up is lost. */
  passOn(jobId: string): void {
    for (const lane of this.#lanes.values()) {
      const job = lane.get(jobId);
      if (job !== undefined) this.#wakeBestFor(job);
    }
  }

  wakeAll(): void {
    for (const waiter of this.#waiters.values()) waiter.wake(null);
  }

  stop(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    this.wakeAll();
  }

  #count({ reward }: OpenJob, by: 1n | -1n): void {
    if (reward === null) return;
    const rewards = this.#rewards[reward.asset];
    rewards.jobs += by;
    rewards.sum += by * fromMoney(reward);
  }

  #isOfferable(job: OpenJob, agentId: string, nowMs: number): boolean {
    if (job.notBeforeMs > nowMs) return false;
    return job.lastAgentId !== agentId || job.requeuedAtMs + avoidLastAgentMs <= nowMs;
  }

  /** Wakes an agent at each of these times, as long as the job is still open. */
  #wakeWhenDue(job: OpenJob, duesMs: readonly number[]): void {
    const [dueMs, ...laterMs] = duesMs;
    clearTimeout(this.#timers.get(job.jobId));
    this.#timers.delete(job.jobId);
    if (dueMs === undefined) return;
    const delayMs = dueMs - this.#clock.nowMs();
    if (delayMs <= 0) {
      this.#wakeBestFor(job);
      this.#wakeWhenDue(job, laterMs);
      return;
    }
    const timer = setTimeout(() => this.#wakeWhenDue(job, duesMs), delayMs + 1);
    timer.unref();
    this.#timers.set(job.jobId, timer);
  }

  #wakeBestFor(job: OpenJob): void {
    const nowMs = this.#clock.nowMs();
    let best: { waiter: Waiter; score: number } | null = null;
    for (const waiter of this.#waiters.values()) {
      const { capacity } = waiter;
      if (capacity === null || !this.#isOfferable(job, waiter.agentId, nowMs)) continue;
      if (!fit(job.needs, capacity, this.#simulated).fits) continue;
      const score = scoreAgent({
        freeSlots: capacity.freeSlots,
        slots: capacity.offer.slots,
        jobsSucceeded: waiter.jobsSucceeded,
        jobsFailed: waiter.jobsFailed,
      });
      if (best === null || score > best.score) best = { waiter, score };
    }
    if (best === null) return;
    this.#waiters.delete(best.waiter.agentId);
    best.waiter.wake(job.jobId);
  }
}
