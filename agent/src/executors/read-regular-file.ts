import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

/** @returns a regular file's content, or null when it is missing, a link or too large. */
export async function readRegularFile(file: string, bytesMax: number): Promise<Buffer | null> {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const handle = await open(file, flags).catch(() => null);
  if (handle === null) return null;
  try {
    const facts = await handle.stat();
    if (!facts.isFile() || facts.size > bytesMax) return null;
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}
