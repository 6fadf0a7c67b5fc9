import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Where Podman looks, and Docker unless it says otherwise. */
export const cdiFoldersUsual = ['/etc/cdi', '/var/run/cdi'];

const filesMax = 64;
const fileBytesMax = 1024 * 1024;
/** As it stands in YAML and in JSON. */
const kind = /(?:^|[{,])\s*"?kind"?\s*:\s*["']?nvidia\.com\/gpu["']?\s*(?:[,}]|$)/m;
const name = /(?:^|[{,-])\s*"?name"?\s*:\s*["']?((?:GPU|MIG)-[\w/-]+)/gm;

/** NVIDIA devices that an engine can give by CDI, by what stands in the files that it reads. */
export interface CdiDevices {
  /** Files that describe NVIDIA's devices at all. */
  files: number;
  /** Names by UUID, which are those that jobs get; others only count the devices. */
  uuids: string[];
}

/** Reads the files that are there and may be read. */
export async function readCdiDevices(folders: readonly string[]): Promise<CdiDevices> {
  const found: CdiDevices = { files: 0, uuids: [] };
  for (const folder of folders) {
    const names = await readdir(folder).catch(() => []);
    const specs = names.filter((each) => /\.(?:json|yaml)$/.test(each)).slice(0, filesMax);
    for (const each of specs) {
      const text = await readBeginning(join(folder, each)).catch(() => '');
      if (!kind.test(text)) continue;
      found.files += 1;
      found.uuids.push(...[...text.matchAll(name)].map(([, uuid = '']) => uuid));
    }
  }
  return found;
}

async function readBeginning(path: string): Promise<string> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(fileBytesMax), 0, fileBytesMax, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}
