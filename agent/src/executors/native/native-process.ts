import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);
/** Linux reports CPU time in hundredths of a second on every architecture Node supports. */
const tickMs = 10;
const pageBytes = 4_096;

/**
 * @returns a text that differs for a later process with the same id, after a restart of the machine
 * too; null when there is none.
 */
export async function processIdentity(pid: number): Promise<string | null> {
  const stat = await readStat(pid);
  // The start is counted from the machine's own.
  if (stat !== null) return stat.zombie ? null : `${stat.startTicks}@${await readBootId()}`;
  if (process.platform === 'linux') return null;
  try {
    const { stdout } = await run('ps', ['-o', 'lstart=', '-p', String(pid)], { timeout: 5_000 });
    return stdout.trim() === '' ? null : stdout.trim();
  } catch {
    return null;
  }
}

async function readBootId(): Promise<string> {
  return (await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '')).trim();
}

interface ProcessStat {
  groupId: number;
  zombie: boolean;
  startTicks: string;
  cpuMs: number;
  memoryBytes: number;
}

async function readStat(pid: number): Promise<ProcessStat | null> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  if (text === null) return null;
  // The name in parentheses may hold anything, so fields count from the last parenthesis.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return {
    zombie: fields[0] === 'Z' || fields[0] === 'X',
    groupId: Number(fields[2]),
    cpuMs: (Number(fields[11]) + Number(fields[12])) * tickMs,
    startTicks: fields[19] ?? '',
    memoryBytes: Number(fields[21]) * pageBytes,
  };
}

/** Reads memory and CPU time over a process group; null where the system does not tell. */
export async function readGroupLoad(
  groupId: number,
): Promise<{ memoryBytes: number; cpuMs: number } | null> {
  const stats = await Promise.all((await listProcessIds()).map(readStat));
  const members = stats.filter((stat) => stat !== null && stat.groupId === groupId);
  if (members.length === 0) return null;
  let memoryBytes = 0;
  let cpuMs = 0;
  for (const member of members) {
    memoryBytes += member?.memoryBytes ?? 0;
    cpuMs += member?.cpuMs ?? 0;
  }
  return { memoryBytes, cpuMs };
}

export async function listProcessIds(): Promise<number[]> {
  const names = await readdir('/proc').catch(() => []);
  return names.filter((name) => /^\d+$/.test(name)).map(Number);
}

/**
 * Signals a workload: its process group and, on Linux, every process that carries its marker in
 * the environment, which finds those that made a group of their own.
 */
export async function signalWorkload(
  groupId: number,
  marker: string,
  signal: 'SIGTERM' | 'SIGKILL',
): Promise<void> {
  send(-groupId, signal);
  for (const pid of await listMarked(marker)) send(pid, signal);
}

/** What a file of an earlier time says about a workload. */
export interface RecordedWorkload {
  workloadPid: number;
  workloadIdentity: string | null;
}

/**
 * Kills a workload that is known from a file. Its group is killed only while its leader is the
 * process that was recorded: after a restart of the machine the id may be anybody's.
 */
export async function killRecorded(
  { workloadPid, workloadIdentity }: RecordedWorkload,
  marker: string,
): Promise<void> {
  const identity = await processIdentity(workloadPid);
  if (identity !== null && identity === workloadIdentity) send(-workloadPid, 'SIGKILL');
  for (const pid of await listMarked(marker)) send(pid, 'SIGKILL');
}

/** @returns the processes that carry the marker in their environment; none where nobody can tell. */
export async function listMarked(marker: string): Promise<number[]> {
  const marked = await Promise.all(
    (await listProcessIds()).map(async (pid) => {
      const environ = await readFile(`/proc/${pid}/environ`, 'latin1').catch(() => '');
      return environ.split('\0').includes(marker) && pid !== process.pid ? [pid] : [];
    }),
  );
  return marked.flat();
}

/** @returns false when there is no such process. */
export function send(pid: number, signal: 'SIGTERM' | 'SIGKILL' | 0): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch {
    return false;
  }
}

/** The variable that marks every process of an execution; jobs can't set it themselves. */
export function executionMarker(executionId: string): string {
  return `NODE3_EXECUTION=${executionId}`;
}
