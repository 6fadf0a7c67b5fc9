import type { Dirent } from 'node:fs';
import { lstat, opendir } from 'node:fs/promises';
import path from 'node:path';

/** More entries than this count as over the limit: walking them would cost the provider. */
const entriesMax = 200_000;
/** Linux takes paths of 4,095 bytes; a name has at most 255 of them. */
const pathBytesMax = 4_095 - 256;

/**
 * Bytes below a directory as the disk counts them, links not followed. Files that vanish while
 * it walks are not counted. Stops as soon as `bytesMax` is passed. Folders nested deeper than a
 * path can name count as over the limit: a job would hide any amount of data there.
 */
export async function measureDirectory(root: string, bytesMax: number): Promise<number> {
  let bytes = 0;
  let entries = 0;
  const pending = [root];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (Buffer.byteLength(next) > pathBytesMax) return Number.POSITIVE_INFINITY;
    for await (const entry of entriesOf(next)) {
      const full = path.join(next, entry.name);
      if (entry.isDirectory()) pending.push(full);
      bytes += await sizeOf(full);
      entries += 1;
      if (bytes > bytesMax) return bytes;
      if (entries > entriesMax) return Number.POSITIVE_INFINITY;
    }
  }
  return bytes;
}

async function* entriesOf(directory: string): AsyncGenerator<Dirent> {
  try {
    yield* await opendir(directory);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

async function sizeOf(file: string): Promise<number> {
  try {
    const { blocks } = await lstat(file);
    return blocks * 512;
  } catch (error) {
    if (isMissing(error)) return 0;
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  return code === 'ENOENT' || code === 'ENOTDIR';
}
