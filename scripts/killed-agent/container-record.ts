import { type ContainerEvent, watchContainers } from '../docker-traces.ts';

/** What the engine did for one execution. */
export interface ContainerLife {
  jobId: string;
  startedAtMs: number[];
  diedAtMs: number | null;
}

/** Remembers every container of one agent by the engine's own word. */
export class ContainerRecord {
  readonly lives = new Map<string, ContainerLife>();
  starts = 0;
  #ownerId: string | null = null;
  #jobIds: ReadonlySet<string>;
  #stop: (() => void) | null = null;
  #waiters: (() => void)[] = [];

  /** @param jobIds grows while jobs are posted; other suites use the same engine. */
  constructor(jobIds: ReadonlySet<string>) {
    this.#jobIds = jobIds;
  }

  async watch(docker: Parameters<typeof watchContainers>[0]): Promise<void> {
    const { stop } = await watchContainers(docker, (event) => this.#take(event));
    this.#stop = stop;
  }

  stop(): void {
    this.#stop?.();
  }

  /** The label of the agent; null before its first container. */
  get ownerId(): string | null {
    return this.#ownerId;
  }

  running(): number {
    return [...this.lives.values()].filter(({ diedAtMs }) => diedAtMs === null).length;
  }

  /** Resolves when a container of the job has started. */
  async startOf(jobId: string): Promise<void> {
    while (![...this.lives.values()].some((life) => life.jobId === jobId)) await this.nextStart();
  }

  /** Resolves at the next start of a container. */
  async nextStart(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiters.push(resolve);
    await promise;
  }

  #take({ action, agent, atMs, executionId, jobId }: ContainerEvent): void {
    if (this.#ownerId === null && this.#jobIds.has(jobId)) this.#ownerId = agent;
    if (agent !== this.#ownerId) return;
    const life = this.lives.get(executionId) ?? { jobId, startedAtMs: [], diedAtMs: null };
    this.lives.set(executionId, life);
    if (action === 'die') {
      life.diedAtMs = atMs;
      return;
    }
    life.startedAtMs.push(atMs);
    this.starts += 1;
    for (const resolve of this.#waiters.splice(0)) resolve();
  }
}
