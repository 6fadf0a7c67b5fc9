import { setTimeout as sleep } from 'node:timers/promises';
import { type MarketplaceProcess, startMarketplaceProcess } from '../marketplace-process.ts';
import type { ServiceProcess } from '../service-process.ts';

export interface GroupOptions {
  count: number;
  dataDir: string;
  databaseUrl: string;
  rpcUrl: string;
  adminApiKey: string;
}

/** Several marketplace processes on one database; whatever ends is started again, as systemd does. */
export class ReplicaGroup {
  readonly #replicas: MarketplaceProcess[];
  readonly #stopping = new AbortController();
  readonly #watch: Promise<void>;
  #starting = false;
  kills = 0;
  starts = 0;

  private constructor(replicas: MarketplaceProcess[]) {
    this.#replicas = replicas;
    this.#watch = this.#keepAlive();
  }

  static async start(options: GroupOptions): Promise<ReplicaGroup> {
    const { count, adminApiKey, dataDir, databaseUrl, rpcUrl } = options;
    const replicas: MarketplaceProcess[] = [];
    // One after the other: the first one makes the keys that all of them share.
    for (let index = 0; index < count; index += 1) {
      const env = { DATABASE_URL: databaseUrl };
      replicas.push(await startMarketplaceProcess({ dataDir, rpcUrl, adminApiKey, env }));
    }
    return new ReplicaGroup(replicas);
  }

  get urls(): string[] {
    return this.#replicas.map(({ url }) => url);
  }

  /** SIGKILL to one of them, which is started again, unless one is away already. */
  async killOne(): Promise<void> {
    const replica = this.#replicas[Math.floor(Math.random() * this.#replicas.length)];
    if (replica === undefined || this.#starting || !this.#replicas.every(isAlive)) return;
    await replica.kill();
    this.kills += 1;
  }

  /** Stops the last of them where it is, or lets it go on. */
  freeze(how: 'SIGSTOP' | 'SIGCONT'): void {
    const pid = this.#replicas.at(-1)?.pid();
    if (pid != null) process.kill(pid, how);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#watch;
    await Promise.all(this.#replicas.map((replica) => replica.stop()));
  }

  async #keepAlive(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      for (const replica of this.#replicas) {
        if (isAlive(replica) || this.#stopping.signal.aborted) continue;
        // While the database is away none can start: it is tried again.
        this.#starting = true;
        await replica.start().then(
          () => (this.starts += 1),
          () => undefined,
        );
        this.#starting = false;
      }
      await sleep(200);
    }
  }
}

function isAlive(replica: ServiceProcess): boolean {
  const pid = replica.pid();
  if (pid === null) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
