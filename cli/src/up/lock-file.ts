import { open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isNotFound } from '@node3/shared/file-error';
import { CommandError } from '../command-error.ts';

/** One `node3 up` per data directory: two would share a database and a wallet. */
export interface Lock {
  release(): Promise<void>;
}

export async function lockFolder(folder: string): Promise<Lock> {
  const path = join(folder, 'up.lock');
  for (let attempt = 1; attempt <= 2; attempt += 1) {
    if (await createLock(path)) return { release: () => rm(path, { force: true }) };
    const pid = await readHolder(path);
    if (pid !== null && isAlive(pid)) throw inUse(folder, path, pid);
    // Its process is gone: a crash or a power cut left the file behind.
    await rm(path, { force: true });
  }
  throw new CommandError('failure', `${path} cannot be taken.`, 'Try again in a moment.');
}

async function createLock(path: string): Promise<boolean> {
  try {
    const file = await open(path, 'wx', 0o600);
    try {
      await file.writeFile(`${process.pid}\n`);
    } finally {
      await file.close();
    }
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

async function readHolder(path: string): Promise<number | null> {
  try {
    const pid = Number((await readFile(path, 'utf8')).trim());
    return Number.isSafeInteger(pid) && pid > 0 ? pid : null;
  } catch (error) {
    if (isNotFound(error)) return null;
    throw error;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function inUse(folder: string, path: string, pid: number): CommandError {
  return new CommandError(
    'failure',
    `Another node3 up (process ${pid}) uses ${folder}.`,
    `Stop it with Ctrl-C, or choose another folder: --data-dir DIR\n` +
      `If process ${pid} is not node3, remove ${path}.`,
  );
}
