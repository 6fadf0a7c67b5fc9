import { statfs } from 'node:fs/promises';
import { cpus, freemem, totalmem } from 'node:os';
import type { ReplyOf } from '@node3/shared/contract';
import type { getHostReading } from '@node3/shared/routes/agent-devices';
import { toTimestamp } from '@node3/shared/schema';
import { type HostFiles, systemFiles } from '../gpu/host-files.ts';

type HostReading = ReplyOf<typeof getHostReading>;

/** Loopback, and what only hands on what another interface has counted already. */
const inner = /^(?:lo|docker|br-|veth|virbr|vnet|cni|flannel|podman)/;

/** @returns bytes of all interfaces to the outside since the start, of `/proc/net/dev`; null for none. */
export function readNetworkBytes(text: string): { received: number; sent: number } | null {
  const rows = text.split('\n').flatMap((line) => {
    const [, name = '', cells = ''] = /^\s*([^:\s]+):\s*(.*)$/.exec(line) ?? [];
    const values = cells.trim().split(/\s+/).map(Number);
    const [received = Number.NaN] = values;
    const sent = values[8] ?? Number.NaN;
    const isCounted = name !== '' && !inner.test(name);
    return isCounted && Number.isSafeInteger(received + sent) ? [{ received, sent }] : [];
  });
  if (rows.length === 0) return null;
  const sum = (pick: (row: (typeof rows)[number]) => number) =>
    rows.reduce((all, row) => all + pick(row), 0);
  return { received: sum((row) => row.received), sent: sum((row) => row.sent) };
}

export interface HostQuestion {
  /** The disk that is told is the one this folder is on. */
  folder: string;
  nowMs: number;
  files?: HostFiles;
}

/** What the whole machine has used up to now: read for who looks, and for nobody else. */
export async function readHost({ folder, nowMs, files }: HostQuestion): Promise<HostReading> {
  const disk = await statfs(folder).catch(() => null);
  const network = readNetworkBytes((await (files ?? systemFiles).read('/proc/net/dev')) ?? '');
  const times = cpus().map((cpu) => cpu.times);
  const total = times.reduce((sum, each) => sum + totalOf(each), 0);
  const idle = times.reduce((sum, { idle: part }) => sum + part, 0);
  return {
    at: toTimestamp(nowMs),
    cpuBusyMs: times.length === 0 ? null : total - idle,
    cpuTotalMs: times.length === 0 ? null : total,
    memoryBytes: totalmem(),
    memoryUsedBytes: totalmem() - freemem(),
    diskBytes: disk === null ? null : disk.blocks * disk.bsize,
    diskUsedBytes: disk === null ? null : (disk.blocks - disk.bfree) * disk.bsize,
    networkReceivedBytes: network?.received ?? null,
    networkSentBytes: network?.sent ?? null,
  };
}

function totalOf({ idle, irq, nice, sys, user }: ReturnType<typeof cpus>[number]['times']): number {
  return idle + irq + nice + sys + user;
}
