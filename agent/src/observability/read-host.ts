import { statfs } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import type { ReplyOf } from '@node3/shared/contract';
import type { getHostReading } from '@node3/shared/routes/agent-devices';
import { toTimestamp } from '@node3/shared/schema';
import { type HostFiles, systemFiles } from '../gpu/host-files.ts';
import { readAvailableMemory } from './available-memory.ts';

type HostReading = ReplyOf<typeof getHostReading>;

interface Interface {
  name: string;
  received: number;
  sent: number;
}

/** @returns bytes of each interface since the start, of `/proc/net/dev`. */
export function readInterfaces(text: string): Interface[] {
  return text.split('\n').flatMap((line) => {
    const [, name = '', cells = ''] = /^\s*([^:\s]+):\s*(.*)$/.exec(line) ?? [];
    const values = cells.trim().split(/\s+/).map(Number);
    const [received = Number.NaN] = values;
    const sent = values[8] ?? Number.NaN;
    return name !== '' && Number.isSafeInteger(received + sent) ? [{ name, received, sent }] : [];
  });
}

/**
 * Bytes of the network cards since the start. What has no device (bridges, tunnels, bonds, what jobs are
 * given) hands on what a card has counted already. null where no card is seen, as in some containers.
 */
async function readNetwork(files: HostFiles): Promise<Omit<Interface, 'name'> | null> {
  const cards: Interface[] = [];
  for (const each of readInterfaces((await files.read('/proc/net/dev')) ?? '')) {
    if ((await files.link(`/sys/class/net/${each.name}/device`)) !== null) cards.push(each);
  }
  if (cards.length === 0) return null;
  const sum = (pick: (card: Interface) => number) =>
    cards.reduce((all, card) => all + pick(card), 0);
  return { received: sum((card) => card.received), sent: sum((card) => card.sent) };
}

export interface HostQuestion {
  /** The disk that is told is the one this folder is on. */
  folder: string;
  nowMs: number;
  files?: HostFiles;
  platform?: NodeJS.Platform;
}

/** What the whole machine has used up to now: read for who looks, and for nobody else. */
export async function readHost({
  folder,
  nowMs,
  files = systemFiles,
  platform = process.platform,
}: HostQuestion): Promise<HostReading> {
  const disk = await statfs(folder).catch(() => null);
  const network = await readNetwork(files);
  const available = await readAvailableMemory({ platform });
  const times = cpus().map((cpu) => cpu.times);
  const total = times.reduce((sum, each) => sum + totalOf(each), 0);
  const idle = times.reduce((sum, { idle: part }) => sum + part, 0);
  return {
    at: toTimestamp(nowMs),
    cpuBusyMs: times.length === 0 ? null : total - idle,
    cpuTotalMs: times.length === 0 ? null : total,
    memoryBytes: totalmem(),
    memoryUsedBytes: available === null ? null : totalmem() - available,
    diskBytes: disk === null ? null : disk.blocks * disk.bsize,
    diskUsedBytes: disk === null ? null : (disk.blocks - disk.bfree) * disk.bsize,
    networkReceivedBytes: network?.received ?? null,
    networkSentBytes: network?.sent ?? null,
  };
}

function totalOf({ idle, irq, nice, sys, user }: ReturnType<typeof cpus>[number]['times']): number {
  return idle + irq + nice + sys + user;
}
