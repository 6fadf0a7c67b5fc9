import { existsSync } from 'node:fs';
import { mkdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { send } from './native-process.ts';
import type { NativeSpec } from './native-workspace.ts';

export type CgroupVersion = 1 | 2;

export interface CgroupLimits {
  memoryBytes: number;
  pidsMax: number;
  /** Share of cores. */
  cpus: number;
}

export const cgroupRoot = '/sys/fs/cgroup';
const parentName = 'node3';
const controllersV1 = ['memory', 'pids', 'cpu', 'cpuacct', 'freezer'] as const;
const cpuPeriodUs = 100_000;
const killRounds = 50;
const killRoundMs = 20;

/** @returns which cgroups this process may make here; null for none. */
export async function findCgroupVersion(root = cgroupRoot): Promise<CgroupVersion | null> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return null;
  const trial = new NativeCgroup(
    `trial-${process.pid}`,
    existsSync(path.join(root, 'memory')) ? 1 : 2,
    root,
  );
  try {
    await trial.create({ memoryBytes: 64 * 1024 * 1024, pidsMax: 16, cpus: 1 });
    return trial.version;
  } catch {
    return null;
  } finally {
    await trial.remove().catch(() => undefined);
  }
}

/** @returns the control groups of an execution, or null when it has none. */
export function cgroupOf({
  executionId,
  cgroup,
}: Pick<NativeSpec, 'executionId' | 'cgroup'>): NativeCgroup | null {
  return cgroup === null ? null : new NativeCgroup(executionId, cgroup.version);
}

/**
 * One execution's control groups: what holds its memory, processes and CPU time together, and what
 * finds every process of it, wherever that has moved its session or its environment.
 */
export class NativeCgroup {
  readonly version: CgroupVersion;
  readonly #root: string;
  readonly #name: string;

  constructor(executionId: string, version: CgroupVersion, root = cgroupRoot) {
    this.#name = executionId;
    this.version = version;
    this.#root = root;
  }

  /**
   * Runs `start` inside, so that what it starts is in there from its first moment on: this process
   * goes in and comes back. Nothing of the job's runs as root for it.
   */
  async enter<T>(start: () => T): Promise<T> {
    const own = await this.#ownFiles();
    const id = String(process.pid);
    try {
      for (const folder of this.#folders()) await writeFile(path.join(folder, 'cgroup.procs'), id);
      return start();
    } finally {
      for (const file of own) await writeFile(file, id);
    }
  }

  /** @throws the system's error where a controller is missing: no limit is left out quietly. */
  async create(limits: CgroupLimits): Promise<void> {
    if (this.version === 2) await this.#delegate();
    for (const folder of this.#folders()) await mkdir(folder, { recursive: true });
    for (const [file, value] of this.#settings(limits)) await writeFile(file, value);
    // Not every kernel counts swap; where it does, there is none.
    const [swap, none] =
      this.version === 2
        ? ['memory.swap.max', '0']
        : ['memory.memsw.limit_in_bytes', String(limits.memoryBytes)];
    await writeFile(path.join(this.#folder('memory'), swap), none).catch(() => undefined);
  }

  /** How many processes were ended because there was no memory left. */
  async readOomKills(): Promise<number> {
    const file = this.version === 2 ? 'memory.events' : 'memory.oom_control';
    const text = await this.#read('memory', file);
    return Number(/^oom_kill (\d+)$/m.exec(text ?? '')?.[1] ?? 0);
  }

  /** null where the kernel does not tell. */
  async readLoad(): Promise<{ memoryBytes: number; cpuMs: number } | null> {
    const isV2 = this.version === 2;
    const memory = await this.#read('memory', isV2 ? 'memory.current' : 'memory.usage_in_bytes');
    const time = isV2
      ? /^usage_usec (\d+)$/m.exec((await this.#read('cpu', 'cpu.stat')) ?? '')?.[1]
      : await this.#read('cpuacct', 'cpuacct.usage');
    if (memory === null || time === null || time === undefined) return null;
    return { memoryBytes: Number(memory), cpuMs: Number(time) / (isV2 ? 1e3 : 1e6) };
  }

  async listProcessIds(): Promise<number[]> {
    const text = await this.#read('pids', 'cgroup.procs');
    return (text ?? '').split('\n').filter(Boolean).map(Number);
  }

  /** Frozen first, so that nothing forks while it is being killed; resolves when all are dead. */
  async kill(): Promise<void> {
    for (let round = 0; round < killRounds; round += 1) {
      const ids = await this.listProcessIds();
      if (ids.length === 0) return;
      if (this.version === 2 && (await this.#write('pids', 'cgroup.kill', '1'))) {
        await sleep(killRoundMs);
        continue;
      }
      await this.#freeze('FROZEN');
      for (const id of await this.listProcessIds()) send(id, 'SIGKILL');
      await this.#freeze('THAWED');
      await sleep(killRoundMs);
    }
    throw new Error(`processes of ${this.#name} do not die`);
  }

  async remove(): Promise<void> {
    await this.kill();
    for (const folder of this.#folders()) await rmdirWhenEmpty(folder);
  }

  async #freeze(state: 'FROZEN' | 'THAWED'): Promise<void> {
    if (this.version === 1) await this.#write('freezer', 'freezer.state', state);
    else await this.#write('pids', 'cgroup.freeze', state === 'FROZEN' ? '1' : '0');
  }

  /** The controllers of the parent are those that its children may set. */
  async #delegate(): Promise<void> {
    const parent = path.join(this.#root, parentName);
    await mkdir(parent, { recursive: true });
    for (const folder of [this.#root, parent]) {
      await writeFile(path.join(folder, 'cgroup.subtree_control'), '+memory +pids +cpu');
    }
  }

  #settings({ memoryBytes, pidsMax, cpus }: CgroupLimits): [string, string][] {
    const quota = Math.max(1_000, Math.round(cpus * cpuPeriodUs));
    const settings: [string, string, string][] =
      this.version === 2
        ? [
            ['memory', 'memory.max', String(memoryBytes)],
            ['memory', 'memory.oom.group', '1'],
            ['pids', 'pids.max', String(pidsMax)],
            ['cpu', 'cpu.max', `${quota} ${cpuPeriodUs}`],
          ]
        : [
            ['memory', 'memory.limit_in_bytes', String(memoryBytes)],
            ['pids', 'pids.max', String(pidsMax)],
            ['cpu', 'cpu.cfs_period_us', String(cpuPeriodUs)],
            ['cpu', 'cpu.cfs_quota_us', String(quota)],
          ];
    return settings.map(([controller, file, value]) => [
      path.join(this.#folder(controller), file),
      value,
    ]);
  }

  /** The files by which this process gets back to where it is now. */
  async #ownFiles(): Promise<string[]> {
    const lines = (await readFile('/proc/self/cgroup', 'utf8')).trim().split('\n');
    const places = new Map(
      lines.map((line) => [line.split(':')[1] ?? '', line.replace(/^\d+:[^:]*:/, '')]),
    );
    const mounts = this.version === 2 ? [''] : controllersV1;
    return mounts.flatMap((mount) => {
      const name = [...places.keys()].find((names) => names.split(',').includes(mount));
      const place = name === undefined ? undefined : places.get(name);
      return place === undefined ? [] : [path.join(this.#root, mount, place, 'cgroup.procs')];
    });
  }

  #folders(): string[] {
    if (this.version === 2) return [this.#folder('')];
    // cpu and cpuacct are often one hierarchy under two names.
    return [...new Set(controllersV1.map((controller) => this.#folder(controller)))];
  }

  #folder(controller: string): string {
    const mounted = this.version === 2 ? this.#root : path.join(this.#root, controller);
    return path.join(mounted, parentName, this.#name);
  }

  async #read(controller: string, file: string): Promise<string | null> {
    return await readFile(path.join(this.#folder(controller), file), 'utf8').catch(() => null);
  }

  async #write(controller: string, file: string, value: string): Promise<boolean> {
    try {
      await writeFile(path.join(this.#folder(controller), file), value);
      return true;
    } catch {
      return false;
    }
  }
}

/** The kernel lets go of a group a moment after its last process. */
async function rmdirWhenEmpty(folder: string): Promise<void> {
  for (let round = 0; round < killRounds; round += 1) {
    try {
      await rmdir(folder);
      return;
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : null;
      if (code === 'ENOENT') return;
      if (code !== 'EBUSY') throw error;
      await sleep(killRoundMs);
    }
  }
}
