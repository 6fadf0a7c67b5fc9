import { createHash } from 'node:crypto';
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import type { ChainState } from '../chain/chain-state.ts';

export interface LocalnetSnapshot {
  chain: ChainState;
  /** 64 bytes; keeps the faucet's address and USDC's mint authority the same. */
  faucetSecretKey: Uint8Array;
}

/** Bumped when the content changes shape; older files are refused, not guessed at. */
const magic = 'node3-localnet-snapshot-1\n';
const digestBytes = 32;

/** Snapshots are whole or refused: half a chain would look like lost payments. */
export class SnapshotError extends Error {
  override readonly name = 'SnapshotError';
}

/** Writes beside the target and renames, so a crash leaves the old snapshot or the new one. */
export async function writeSnapshot(path: string, snapshot: LocalnetSnapshot): Promise<void> {
  const content = serialize(snapshot);
  const digest = createHash('sha256').update(content).digest();
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const temporary = `${path}.new`;
  const file = await open(temporary, 'w', 0o600);
  try {
    await file.writeFile(Buffer.concat([Buffer.from(magic), digest, content]));
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
  await syncDirectory(dirname(path));
}

/** @returns null when there is no file yet. Throws SnapshotError for one that is damaged. */
export async function readSnapshot(path: string): Promise<LocalnetSnapshot | null> {
  const bytes = await readIfThere(path);
  if (bytes === null) return null;
  const head = bytes.subarray(0, magic.length).toString('latin1');
  const content = bytes.subarray(magic.length + digestBytes);
  const digest = bytes.subarray(magic.length, magic.length + digestBytes);
  const intact = createHash('sha256').update(content).digest().equals(digest);
  if (head !== magic || !intact) {
    throw new SnapshotError(
      `${path} is not an intact snapshot of this version. Remove it to start a new chain.`,
    );
  }
  return deserialize(content) as LocalnetSnapshot;
}

async function readIfThere(path: string): Promise<Buffer | null> {
  try {
    return await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** A rename is on disk only when the directory is. */
async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
