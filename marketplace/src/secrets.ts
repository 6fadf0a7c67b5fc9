import { randomBytes } from 'node:crypto';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isNotFound } from '@node3/shared/file-error';

/** What the process must know and never logs. */
export interface Secrets {
  /** Derives lease tokens; the same over restarts, so that running agents keep their leases. */
  leaseSecret: string;
}

/** Reads the secrets of this data folder; the first start creates them with mode 0600. */
export async function loadSecrets(dataDir: string): Promise<Secrets> {
  const path = join(dataDir, 'lease-secret');
  try {
    return { leaseSecret: (await readFile(path, 'utf8')).trim() };
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
  const leaseSecret = randomBytes(32).toString('base64url');
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(`${leaseSecret}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  return { leaseSecret };
}
