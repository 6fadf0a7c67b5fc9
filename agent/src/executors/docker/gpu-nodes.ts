import { existsSync, readlinkSync } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type NvidiaCard, readNvidiaCards, renderMinor } from '../device-nodes.ts';
import type { ExecutionDevice } from '../executor.ts';

/** A GPU's device file by its numbers, such as `195:0`: its name is whatever the container says. */
export type GpuNode = string;

const nvidiaMajor = 195;
/** From here on the driver's files are of no one card. */
const nvidiaSharedMinor = 254;
const drmMajor = 226;

/** What this machine knows of its cards. */
export interface GpuHost {
  nvidiaCards(): readonly NvidiaCard[];
  /** @returns the bus address of the card with this number in `/dev/dri`; null where it has none. */
  drmBusId(minor: number): string | null;
  /** In WSL one device file stands for all cards: a container has all of them or none. */
  givesAllOrNone: boolean;
}

export const systemGpuHost: GpuHost = {
  nvidiaCards: readNvidiaCards,
  givesAllOrNone: existsSync('/dev/dxg'),
  drmBusId(minor) {
    try {
      return basename(readlinkSync(`/sys/dev/char/${drmMajor}:${minor}/device`));
    } catch {
      return null;
    }
  },
};

/** @returns the numbers of the leased devices; null where one is not known, such as that of a slice. */
export function leasedNodes(host: GpuHost, devices: readonly ExecutionDevice[]): GpuNode[] | null {
  const cards = host.nvidiaCards();
  const nodes = devices.map((device) => {
    if (device.vendor === 'nvidia') {
      const card = cards.find(({ uuid }) => uuid === device.uuid);
      return card === undefined ? null : `${nvidiaMajor}:${card.minor}`;
    }
    const minor = renderMinor(device);
    return minor === null ? null : `${drmMajor}:${minor}`;
  });
  return nodes.includes(null) ? null : (nodes as GpuNode[]);
}

/**
 * @returns what a container has too many or too few of. A card of NVIDIA's may bring its own files
 * for graphics along.
 */
export function compareNodes(
  host: GpuHost,
  leased: readonly GpuNode[],
  seen: readonly GpuNode[],
): { foreign: GpuNode[]; missing: GpuNode[] } {
  const ownBuses = host
    .nvidiaCards()
    .filter(({ minor }) => leased.includes(`${nvidiaMajor}:${minor}`))
    .map(({ pciBusId }) => pciBusId);
  const isOwn = (node: GpuNode) => {
    const [major, minor] = node.split(':').map(Number);
    if (leased.includes(node)) return true;
    const bus = major === drmMajor ? host.drmBusId(minor ?? 0) : null;
    return bus !== null && ownBuses.includes(bus);
  };
  return {
    foreign: seen.filter((node) => !isOwn(node)),
    missing: leased.filter((node) => !seen.includes(node)),
  };
}

/** Folders within `/dev`, and files in all of them: an engine makes some dozens. */
const depthMax = 3;
const entriesMax = 4_096;

/**
 * Finds the GPUs' files below a folder and follows no link: the folder is another one's.
 * @throws Error where there is more than an engine puts there, or where it may not look.
 */
export async function findGpuNodes(folder: string): Promise<GpuNode[]> {
  const found = new Set<GpuNode>();
  let entries = 0;
  const look = async (path: string, depth: number): Promise<void> => {
    if (depth > depthMax || !(await lstat(path)).isDirectory()) {
      throw new Error(`${path} is no folder of devices`);
    }
    for (const name of await readdir(path)) {
      entries += 1;
      if (entries > entriesMax) throw new Error(`${folder} has more than ${entriesMax} files`);
      const file = await lstat(join(path, name));
      if (file.isDirectory()) await look(join(path, name), depth + 1);
      else if (file.isCharacterDevice()) {
        const node = gpuNodeOf(file.rdev);
        if (node !== null) found.add(node);
      }
    }
  };
  await look(folder, 1);
  return [...found].sort();
}

/** Linux packs the two numbers of a device into one like this. */
function gpuNodeOf(rdev: number): GpuNode | null {
  const packed = BigInt(rdev);
  const major = Number(((packed >> 8n) & 0xfffn) | ((packed >> 32n) & ~0xfffn));
  const minor = Number((packed & 0xffn) | ((packed >> 12n) & 0xffffff00n));
  const isOneCards = (major === nvidiaMajor && minor < nvidiaSharedMinor) || major === drmMajor;
  return isOneCards ? `${major}:${minor}` : null;
}
