import type { Clock } from '@node3/shared/clock';
import type { Logger } from '@node3/shared/logger';
import { type Loop, startLoop } from '@node3/shared/loop';
import { agentLimits } from '../agent-limits.ts';
import type { Executor, ExecutorProblem, ExecutorStatus } from '../executors/executor.ts';
import type { ExecutorChoice } from './admission.ts';
import { describeIsolation } from './describe-isolation.ts';

export interface ExecutorBoardDeps {
  executors: readonly Executor[];
  clock: Pick<Clock, 'nowMs'>;
  log: Logger;
  onChange(): void;
}

/** Which executors work at the moment; asked again and again, since engines come and go. */
export class ExecutorBoard {
  readonly #deps: ExecutorBoardDeps;
  readonly #statuses = new Map<string, ExecutorStatus>();
  #loop: Loop | null = null;
  #hasWorked = false;
  #downSinceMs: number | null = null;

  constructor(deps: ExecutorBoardDeps) {
    this.#deps = deps;
  }

  /** Resolves after the first look, whatever it found. */
  start(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const restMs = () =>
      this.available().length === 0 ? agentLimits.probeRetryMs : agentLimits.probeIntervalMs;
    this.#loop = startLoop({
      name: 'probe',
      log: this.#deps.log,
      get intervalMs() {
        return restMs();
      },
      run: () => this.probe().finally(resolve),
    });
    return promise;
  }

  async stop(): Promise<void> {
    await this.#loop?.stop();
  }

  async probe(): Promise<void> {
    const before = this.#fingerprint();
    await Promise.all(
      this.#deps.executors.map(async (executor) => {
        this.#statuses.set(executor.name, await executor.probe());
      }),
    );
    this.#noteOutage();
    if (before !== this.#fingerprint()) this.#deps.onChange();
  }

  /** An engine failed somebody: it is looked at now and not at the next turn. */
  suspect(): void {
    this.#loop?.wake();
  }

  /**
   * Since when nothing can run here that could before, milliseconds since the epoch; null while
   * something can, and where nothing ever could.
   */
  get downSinceMs(): number | null {
    return this.#downSinceMs;
  }

  get executors(): readonly Executor[] {
    return this.#deps.executors;
  }

  find(name: string): Executor | null {
    return this.#deps.executors.find((executor) => executor.name === name) ?? null;
  }

  available(): ExecutorChoice[] {
    return this.#deps.executors.flatMap(({ name, isolation }) => {
      const status = this.#statuses.get(name);
      if (status?.available !== true) return [];
      const { egress } = status;
      const hosts = egress?.offered === true ? { egressHosts: egress.hosts } : {};
      return [{ name, isolation, ...hosts }];
    });
  }

  status(name: string): ExecutorStatus | null {
    return this.#statuses.get(name) ?? null;
  }

  /** One line that says what an executor really enforces. */
  isolationOf(executor: Executor): string {
    return describeIsolation(executor, this.status(executor.name)?.isolationEffective ?? null);
  }

  /** The first executor that works, else the first one: the face of the agent on its dashboard. */
  primary(): Executor | null {
    const working = this.available()[0]?.name;
    const { executors } = this.#deps;
    return executors.find(({ name }) => name === working) ?? executors[0] ?? null;
  }

  /** What keeps executors from working. Those of a second choice don't count while another works. */
  problems(): ExecutorProblem[] {
    if (this.available().length > 0) return [];
    return [...this.#statuses.values()].flatMap(({ problems }) => problems);
  }

  #noteOutage(): void {
    const { clock, log } = this.#deps;
    if (this.available().length > 0) {
      if (this.#downSinceMs !== null) log.info('the engine is back');
      this.#hasWorked = true;
      this.#downSinceMs = null;
      return;
    }
    if (!this.#hasWorked || this.#downSinceMs !== null) return;
    this.#downSinceMs = clock.nowMs();
    log.warn({ problems: this.problems().map(({ sentence }) => sentence) }, 'the engine is down');
  }

  #fingerprint(): string {
    return JSON.stringify([...this.#statuses]);
  }
}
