import { randomBytes } from 'node:crypto';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isNotFound } from '@node3/shared/file-error';

/** What the process must know and never logs. */
export interface Secrets {
  /** Derives lease tokens; the same over restarts, so that running agents keep their leases. */
  leaseSecret: string;
}

/** What 32 random bytes look like; a shorter one was cut off while it was written. */
const secretPattern = /^[A-Za-z0-9_-]{43}$/;

/** Reads the secrets of this data folder; the first start creates them with mode 0600. */
export async function loadSecrets(dataDir: string): Promise<Secrets> {
  const path = join(dataDir, 'lease-secret');
  const stored = await readStored(path);
  if (stored !== null && secretPattern.test(stored)) return { leaseSecret: stored };
  // Running agents show the tokens they have, and those are checked by their stored hashes.
  const leaseSecret = randomBytes(32).toString('base64url');
  const draft = `${path}.new`;
  await rm(draft, { force: true });
  const file = await open(draft, 'wx', 0o600);
  try {
    await file.writeFile(`${leaseSecret}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, path);
  return { leaseSecret };
}

async function readStored(path: string): Promise<string | null> {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (error) {
    if (isNotFound(error)) return null;
    throw error;
  }
}
