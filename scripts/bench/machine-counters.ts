import { readFileSync, statSync } from 'node:fs';

/** A reading, or why there is none. */
export type Reading = { value: number } | { why: string };

const msPerTick = 10;

/** CPU time of a process and the children it has now, milliseconds. Linux only. */
export function cpuMs(pid: number): number {
  const own = statOf(pid);
  if (own === null) return 0;
  // Fields 14 to 17: own user and system time, and that of children that ended.
  const ticks = own.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  return ticks * msPerTick + childrenOf(pid).reduce((sum, child) => sum + cpuMs(child), 0);
}

/** CPU time of a process alone, without its children, milliseconds. */
export function ownCpuMs(pid: number): number {
  const ticks = (statOf(pid) ?? []).slice(11, 13).reduce((sum, field) => sum + Number(field), 0);
  return ticks * msPerTick;
}

/** Memory that a process holds now, bytes; 0 for one that is gone. */
export function residentBytes(pid: number): number {
  try {
    const text = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(text)?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}

function statOf(pid: number): string[] | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return null;
  }
}

function childrenOf(pid: number): number[] {
  try {
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
    return text.trim() === '' ? [] : text.trim().split(' ').map(Number);
  } catch {
    return [];
  }
}

/** Flushes of the disk that holds a folder, since it was started; those of others count too. */
export function diskFlushes(folder: string): Reading {
  try {
    const { dev } = statSync(folder);
    const [major, minor] = [(dev >> 8) & 0xfff, (dev & 0xff) | ((dev >> 12) & 0xfff00)];
    const text = readFileSync(`/sys/dev/block/${major}:${minor}/stat`, 'utf8');
    const flushes = text.trim().split(/\s+/)[15];
    if (flushes === undefined) return { why: 'this kernel counts no flushes' };
    return { value: Number(flushes) };
  } catch {
    return { why: `no disk statistics for ${folder} on ${process.platform}` };
  }
}

/** The system's load over the last minute, from 0 to many. */
export function loadOfMachine(): number {
  try {
    return Number(readFileSync('/proc/loadavg', 'utf8').split(' ')[0]);
  } catch {
    return Number.NaN;
  }
}
