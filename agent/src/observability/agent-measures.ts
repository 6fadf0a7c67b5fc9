import type { Clock } from '@node3/shared/clock';
import { createMetrics, type Metrics } from '@node3/shared/metrics';
import { assetDecimals, fromMoney, type Money } from '@node3/shared/money';
import type { ExecutionResult } from '@node3/shared/routes/agents';
import { noDevice } from '../economics/share-earnings.ts';
import { agentMetricTable } from './metric-table.ts';

export type AgentMetrics = Metrics<typeof agentMetricTable>;
export type PollTransport = 'http' | 'socket';

/** What the parts of the agent count while they work. */
export class AgentMeasures {
  readonly metrics: AgentMetrics = createMetrics(agentMetricTable);
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  /** Seconds of runs that have ended, by device. */
  readonly #busySec = new Map<string, number>();
  readonly #running = new Set<{ deviceIds: readonly string[]; sinceMs: number }>();

  constructor(clock: Pick<Clock, 'monotonicMs'>) {
    this.#clock = clock;
  }

  /** A workload holds devices from now on. @returns what says that it has ended. */
  runs(deviceIds: readonly string[]): () => void {
    const run = { deviceIds, sinceMs: this.#clock.monotonicMs() };
    this.#running.add(run);
    return () => {
      if (!this.#running.delete(run)) return;
      for (const id of deviceIds) {
        this.#busySec.set(id, (this.#busySec.get(id) ?? 0) + this.#secondsSince(run.sinceMs));
      }
    };
  }

  /** By device, runs under way included; a device that never ran anything is 0. */
  busySeconds(deviceIds: readonly string[]): Map<string, number> {
    const seconds = new Map(deviceIds.map((id) => [id, this.#busySec.get(id) ?? 0]));
    for (const { deviceIds: held, sinceMs } of this.#running) {
      for (const id of held) {
        const known = seconds.get(id);
        if (known !== undefined) seconds.set(id, known + this.#secondsSince(sinceMs));
      }
    }
    return seconds;
  }

  /** `result` is null for work that was given back or taken away. */
  ended(result: ExecutionResult | null): void {
    const outcome = result?.outcome ?? 'released';
    const reason = result?.reason ?? 'none';
    this.metrics.count('node3_agent_jobs_total', { outcome, reason });
    if (result?.started !== true) return;
    this.metrics.observe('node3_agent_job_duration_seconds', { outcome }, result.runMs / 1_000);
  }

  pulled(seconds: number): void {
    this.metrics.observe('node3_agent_image_pull_seconds', {}, seconds);
  }

  polled(transport: PollTransport, seconds: number): void {
    this.metrics.observe('node3_agent_poll_duration_seconds', { transport }, seconds);
  }

  pollFailed(transport: PollTransport): void {
    this.metrics.count('node3_agent_poll_errors_total', { transport });
  }

  /** The marketplace took a result that earns this much. */
  earned(money: Money, deviceIds: readonly string[]): void {
    const amount = Number(fromMoney(money)) / 10 ** assetDecimals[money.asset];
    if (amount === 0) return;
    const uuids = deviceIds.length === 0 ? [noDevice] : deviceIds;
    for (const uuid of uuids) {
      const labels = { currency: money.asset, uuid };
      this.metrics.count('node3_agent_earnings_total', labels, amount / uuids.length);
    }
  }

  #secondsSince(sinceMs: number): number {
    return Math.max(0, this.#clock.monotonicMs() - sinceMs) / 1_000;
  }
}
