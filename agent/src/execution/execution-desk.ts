import { withLogContext } from '@node3/shared/log-context';
import type { WorkloadHandle } from '../executors/executor.ts';
import type { Reservation } from './capacity.ts';
import type { LiveExecution, StopCause } from './live-execution.ts';
import { type Beginning, type RunnerDeps, runExecution } from './runner.ts';
import type { RunningUsage } from './usage-recorder.ts';

export interface ExecutionDeskDeps extends Omit<RunnerDeps, 'liveJobs'> {
  /** Something was taken on or is gone: the machine's free capacity changed. */
  onCapacity(): void;
  /** The journal failed: nothing may be promised any more and the process has to end. */
  onFatal(error: unknown): void;
}

/** Everything this process is busy with, and the one place that starts and stops it. */
export class ExecutionDesk {
  readonly #deps: ExecutionDeskDeps;
  readonly #live = new Map<string, LiveExecution>();
  readonly #stories = new Map<string, Promise<void>>();

  constructor(deps: ExecutionDeskDeps) {
    this.#deps = deps;
  }

  /** Begins the story of an execution that the journal holds. Its reservation counts from now. */
  begin(live: LiveExecution, beginning: Beginning): void {
    const { executionId } = live;
    if (this.#live.has(executionId)) return;
    this.#live.set(executionId, live);
    const { jobId, traceparent, attempt } = live.facts.offer;
    const span =
      traceparent === undefined
        ? null
        : this.#deps.tracer?.span({
            name: 'execution',
            kind: 'internal',
            parent: traceparent,
            attributes: {
              'node3.job.id': jobId,
              'node3.execution.id': executionId,
              'node3.attempt': attempt,
            },
          });
    const about = { jobId, executionId, ...(span && { traceparent: span.traceparent }) };
    const deps = { ...this.#deps, liveJobs: () => this.size };
    const story = withLogContext(about, () => runExecution(deps, live, beginning))
      .catch((error: unknown) => this.#deps.onFatal(error))
      .finally(() => {
        span?.end(live.cause === null ? {} : { error: live.cause });
        this.#live.delete(executionId);
        this.#stories.delete(executionId);
        this.#deps.onCapacity();
      });
    this.#stories.set(executionId, story);
    this.#deps.onCapacity();
  }

  has(executionId: string): boolean {
    return this.#live.has(executionId);
  }

  /** Does nothing for an execution that is not here. */
  stop(executionId: string, cause: StopCause): void {
    this.#live.get(executionId)?.stop(cause);
  }

  executionIds(): string[] {
    return [...this.#live.keys()];
  }

  reservations(): Reservation[] {
    return [...this.#live.values()].map((live) => live.reservation);
  }

  /** What runs, as its executor read it last. */
  usages(): RunningUsage[] {
    return [...this.#live].map(([executionId, { facts, reservation }]) => ({
      executionId,
      deviceIds: reservation.deviceIds,
      usage: facts.executor.usage(executionId),
    }));
  }

  /** What runs in a way that another process can end. */
  handles(): { executionId: string; handle: WorkloadHandle }[] {
    return [...this.#live].flatMap(([executionId, { facts }]) => {
      const handle = facts.executor.handle?.(executionId) ?? null;
      return handle === null ? [] : [{ executionId, handle }];
    });
  }

  get size(): number {
    return this.#live.size;
  }

  /** Resolves when every story that is under way now has ended. */
  async settled(): Promise<void> {
    await Promise.all(this.#stories.values());
  }
}
