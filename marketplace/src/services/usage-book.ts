import type { Clock } from '@node3/shared/clock';
import type { ExecutionReadings } from '@node3/shared/execution-usage';
import type { Logger } from '@node3/shared/logger';
import { usageLimits } from '@node3/shared/usage-limits';
import type { ExecutionUsageStore } from '../store/execution-usage-store.ts';
import type { EventRow } from '../store/rows.ts';
import { type StoredUsage, type UsageNews, UsageSeries } from './usage-series.ts';

interface Deps {
  store: Pick<ExecutionUsageStore, 'saveExecutionUsage'>;
  clock: Clock;
  log: Logger;
}

/**
 * What running jobs use, in memory: a heartbeat costs no row. When an execution ends, what is known of
 * it becomes one. A process that dies takes its readings with it.
 */
export class UsageBook {
  readonly #deps: Deps;
  readonly #series = new Map<string, UsageSeries>();
  readonly #saving = new Set<Promise<void>>();
  readonly #listeners = new Set<(executionId: string) => void>();

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Notes readings of an execution that holds its lease. */
  note({ executionId, readings }: ExecutionReadings): void {
    const nowMs = this.#deps.clock.nowMs();
    let series = this.#series.get(executionId);
    if (series === undefined) {
      // The oldest goes first: its agent is gone, or there are more jobs than anybody looks at.
      const [oldest] = this.#series.keys();
      const isFull = this.#series.size >= usageLimits.usageExecutionsMax;
      if (isFull && oldest !== undefined) this.#series.delete(oldest);
      series = new UsageSeries();
      this.#series.set(executionId, series);
    }
    for (const { ageMs, ...used } of readings) series.add(Math.max(0, nowMs - ageMs), used);
    for (const listener of this.#listeners) listener(executionId);
  }

  /** Hears of which execution there are new readings. @returns a function that ends it. */
  subscribe(listener: (executionId: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** What came after so many readings; null as in `of`. */
  since(executionId: string, readings: number): UsageNews | null {
    return this.#series.get(executionId)?.since(readings) ?? null;
  }

  /** What this process was told of an execution under way; null where it was told nothing. */
  of(executionId: string): StoredUsage | null {
    return this.#series.get(executionId)?.view() ?? null;
  }

  /** Hears of every stored event. */
  readonly hear = (event: Pick<EventRow, 'name' | 'executionId'>): void => {
    const { name, executionId } = event;
    if (name !== 'execution.ended' || executionId === null) return;
    const series = this.#series.get(executionId);
    if (series === undefined) return;
    series.shrink();
    const saving = this.#save(executionId, series.view()).finally(() => {
      // Not before it is stored: who asks meanwhile would be told that nothing is known.
      if (this.#series.get(executionId) === series) this.#series.delete(executionId);
      this.#saving.delete(saving);
    });
    this.#saving.add(saving);
  };

  /** Resolves when what is being written is written. */
  async settled(): Promise<void> {
    await Promise.all(this.#saving);
  }

  async #save(executionId: string, usage: StoredUsage): Promise<void> {
    const { store, clock, log } = this.#deps;
    try {
      await store.saveExecutionUsage(executionId, JSON.stringify(usage), clock.nowMs());
    } catch (error) {
      log.warn({ err: error, executionId }, 'what an execution used could not be stored');
    }
  }
}
