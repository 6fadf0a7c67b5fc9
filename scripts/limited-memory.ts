import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A bound on the memory of processes that are started within it, all of them together. */
export interface MemoryLimit {
  /** Words to put before a command. */
  within: readonly string[];
  /** `kernel` ends who needs more; `none`: this machine lets us make no cgroup, so look at the peak. */
  heldBy: 'kernel' | 'none';
  /** After the processes have ended. */
  remove(): Promise<void>;
}

/** The file that bounds a group, by version of cgroups; swap would make the bound mean nothing. */
const versions = [
  { root: '/sys/fs/cgroup/memory', most: 'memory.limit_in_bytes', swap: null },
  { root: '/sys/fs/cgroup', most: 'memory.max', swap: 'memory.swap.max' },
];

/** The page cache counts too, but is given back before anybody is ended. */
export async function limitMemory(bytes: number): Promise<MemoryLimit> {
  for (const { root, most, swap } of versions) {
    const group = join(root, `node3-${randomUUID()}`);
    try {
      await mkdir(group);
    } catch {
      continue;
    }
    if (!existsSync(join(group, most))) {
      await rmdir(group);
      continue;
    }
    await writeFile(join(group, most), String(bytes));
    if (swap !== null && existsSync(join(group, swap))) await writeFile(join(group, swap), '0');
    // In the group before the program begins: it fits its heap to what it may have.
    const enter = `echo $$ > ${join(group, 'cgroup.procs')} && exec "$0" "$@"`;
    return { within: ['sh', '-c', enter], heldBy: 'kernel', remove: () => rmdir(group) };
  }
  return { within: [], heldBy: 'none', remove: async () => undefined };
}

/** The most memory that a process had in RAM so far, bytes; Linux tells it. */
export async function peakMemoryBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const kibibytes = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
  if (kibibytes === undefined) throw new Error(`the kernel tells no peak of process ${pid}`);
  return Number(kibibytes) * 1024;
}
