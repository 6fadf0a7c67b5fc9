import type { Clock } from '@node3/shared/clock';
import type { ExecutionReadings } from '@node3/shared/execution-usage';
import type { Logger } from '@node3/shared/logger';
import { usageLimits } from '@node3/shared/usage-limits';
import type { ExecutionUsageStore } from '../store/execution-usage-store.ts';
import type { EventRow } from '../store/rows.ts';
import { joinUsage } from './join-usage.ts';
import { type StoredUsage, type UsageNews, UsageSeries } from './usage-series.ts';

interface Deps {
  store: Pick<ExecutionUsageStore, 'saveExecutionUsage'>;
  clock: Clock;
  log: Logger;
}

interface Entry {
  series: UsageSeries;
  /** The process of the agent that numbers its readings, and the number of its next one. */
  heard: { instanceId: string; next: number } | null;
}

/**
 * What running jobs use, in memory: a heartbeat costs no row. When an execution ends, what is known of
 * it becomes one, joined with what other replicas were told of it. A process that dies takes its readings
 * with it, and a heartbeat that is repeated to another replica, because its answer never came, counts in
 * both: means may be off by those readings, peaks are not. Nothing is paid by them.
 */
export class UsageBook {
  readonly #deps: Deps;
  readonly #entries = new Map<string, Entry>();
  readonly #saving = new Set<Promise<void>>();
  readonly #listeners = new Set<(executionId: string) => void>();

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Notes readings of an execution that holds its lease; those that were heard before count once. */
  note({ executionId, from, readings }: ExecutionReadings, instanceId: string): void {
    const nowMs = this.#deps.clock.nowMs();
    const entry = this.#entries.get(executionId) ?? this.#open(executionId);
    let known = 0;
    if (from !== undefined) {
      // An agent that has started again counts anew.
      const next = entry.heard?.instanceId === instanceId ? entry.heard.next : from;
      known = Math.max(0, next - from);
      entry.heard = { instanceId, next: Math.max(next, from + readings.length) };
    }
    for (const { ageMs, ...used } of readings.slice(known)) {
      entry.series.add(Math.max(0, nowMs - ageMs), used);
    }
    for (const listener of this.#listeners) listener(executionId);
  }

  /** Hears of which execution there are new readings. @returns a function that ends it. */
  subscribe(listener: (executionId: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** What came after so many readings; null as in `of`. */
  since(executionId: string, readings: number): UsageNews | null {
    return this.#entries.get(executionId)?.series.since(readings) ?? null;
  }

  #open(executionId: string): Entry {
    // The oldest goes first: its agent is gone, or there are more jobs than anybody looks at.
    const [oldest] = this.#entries.keys();
    const isFull = this.#entries.size >= usageLimits.usageExecutionsMax;
    if (isFull && oldest !== undefined) this.#entries.delete(oldest);
    const entry = { series: new UsageSeries(), heard: null };
    this.#entries.set(executionId, entry);
    return entry;
  }

  /** What this process was told of an execution under way; null where it was told nothing. */
  of(executionId: string): StoredUsage | null {
    return this.#entries.get(executionId)?.series.view() ?? null;
  }

  /** Hears of every stored event. */
  readonly hear = (event: Pick<EventRow, 'name' | 'executionId'>): void => {
    const { name, executionId } = event;
    if (name !== 'execution.ended' || executionId === null) return;
    const entry = this.#entries.get(executionId);
    if (entry === undefined) return;
    entry.series.shrink();
    const saving = this.#save(executionId, entry.series.view()).finally(() => {
      // Not before it is stored: who asks meanwhile would be told that nothing is known.
      if (this.#entries.get(executionId) === entry) this.#entries.delete(executionId);
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
      const join = (stored: string | null) =>
        JSON.stringify(
          stored === null ? usage : joinUsage(JSON.parse(stored) as StoredUsage, usage),
        );
      await store.saveExecutionUsage(executionId, join, clock.nowMs());
    } catch (error) {
      log.warn({ err: error, executionId }, 'what an execution used could not be stored');
    }
  }
}
