import { open, readdir, readlink, stat } from 'node:fs/promises';

/**
 * Reads what the kernel says about devices (`/sys`, `/proc`). A file of a dead device can hang in
 * the kernel and holds a thread of the pool then, so detectors read one file after another.
 */
export interface HostFiles {
  /** @returns the text, trimmed at the end; `null` for a file that can't be read. */
  read(path: string): Promise<string | null>;
  /** @returns the names in a directory, in natural order; none for one that can't be read. */
  list(path: string): Promise<string[]>;
  /** @returns where a link points, as it is written; `null` for what is no link. */
  link(path: string): Promise<string | null>;
  /** @returns the number of the group that may use a file; `null` for one that isn't there. */
  group(path: string): Promise<number | null>;
}

/** Files of `/sys` have at most a page; the list of AMD's names has 30 kB. */
const pageBytes = 4_096;
const bytesMax = 262_144;

const decoder = new TextDecoder();

export const systemFiles: HostFiles = {
  async read(path) {
    try {
      const file = await open(path, 'r');
      try {
        const read = (bytes: number) => file.read(Buffer.allocUnsafe(bytes), 0, bytes, 0);
        const page = await read(pageBytes);
        const { buffer, bytesRead } = page.bytesRead < pageBytes ? page : await read(bytesMax);
        return decoder.decode(buffer.subarray(0, bytesRead)).trimEnd();
      } finally {
        await file.close();
      }
    } catch {
      return null;
    }
  },
  async list(path) {
    try {
      return (await readdir(path)).toSorted(naturally);
    } catch {
      return [];
    }
  },
  async link(path) {
    try {
      return await readlink(path);
    } catch {
      return null;
    }
  },
  async group(path) {
    try {
      return (await stat(path)).gid;
    } catch {
      return null;
    }
  },
};

/** `card2` before `card10`. */
export function naturally(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}

/** @returns the number a file holds, such as `34342961152`; `null` for anything else. */
export async function readNumber(files: HostFiles, path: string): Promise<number | null> {
  const text = await files.read(path);
  return text !== null && /^-?\d+$/.test(text) ? Number(text) : null;
}
