import { statfsSync } from 'node:fs';
import { chmod, chown, lstat, mkdir, open, readdir, rm, rmdir } from 'node:fs/promises';
import path from 'node:path';
import { getuid } from 'node:process';
import { ExecutionError } from './execution-error.ts';
import type { ExecutionRequest } from './executor.ts';

/** Where jobs find their secrets in a container. */
export const secretsMount = '/run/secrets';

const memoryFolder = '/dev/shm';
const tmpfsMagic = 0x01021994;
const executionIdPattern = /^[A-Za-z0-9_-]{1,64}$/;

export interface SecretPlace {
  root: string;
  /** On a disk, what was deleted may be found again. */
  kind: 'memory' | 'disk';
}

/** Where this machine can keep secrets: in memory, or on disk where the provider allows it; else null. */
export function findSecretPlace(
  ownerId: string,
  dataDir: string,
  disk: 'allowed' | 'refused',
): SecretPlace | null {
  if (isTmpfs(memoryFolder)) {
    return { root: path.join(memoryFolder, `node3-secrets-${ownerId}`), kind: 'memory' };
  }
  return disk === 'allowed' ? { root: path.join(dataDir, 'secrets'), kind: 'disk' } : null;
}

function isTmpfs(folder: string): boolean {
  try {
    return statfsSync(folder).type === tmpfsMagic;
  } catch {
    return false;
  }
}

/**
 * The secrets of running executions as files. Nobody but the agent passes through an execution's own
 * folder, so what is below it may be readable: a container is given that part of it, a native job's
 * user gets the folder itself.
 */
export class SecretFiles {
  readonly kind: SecretPlace['kind'];
  readonly #root: string;
  #last: Promise<unknown> = Promise.resolve();

  constructor({ root, kind }: SecretPlace) {
    this.#root = root;
    this.kind = kind;
  }

  /** @returns the folder with a file for each name. @throws ExecutionError `engine_error`. */
  write(
    executionId: string,
    files: Readonly<Record<string, string>>,
    user: { uid: number; gid: number } | null,
  ): Promise<string> {
    return this.#inTurn(() => this.#write(executionId, files, user));
  }

  remove(executionId: string): Promise<void> {
    return this.#inTurn(() => this.#remove(executionId));
  }

  /** Removes those of executions that are over, as after the agent was killed. */
  async sweep(isLive: (executionId: string) => boolean): Promise<void> {
    const names = await readdir(this.#root).catch(() => []);
    for (const name of names) {
      if (executionIdPattern.test(name) && !isLive(name)) await this.remove(name);
    }
  }

  /** One after the other: the last one to go takes the folder along in which the next one begins. */
  #inTurn<T>(change: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(change);
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async #write(
    executionId: string,
    files: Readonly<Record<string, string>>,
    user: { uid: number; gid: number } | null,
  ): Promise<string> {
    await this.#remove(executionId);
    await this.#ensureRoot();
    const own = this.#folderOf(executionId);
    const folder = path.join(own, 'files');
    await mkdir(own, { mode: 0o700 });
    await mkdir(folder, { mode: 0o755 });
    for (const [name, value] of Object.entries(files)) {
      const file = await open(path.join(folder, name), 'wx', user === null ? 0o444 : 0o400);
      try {
        await file.writeFile(value);
        if (user !== null) await file.chown(user.uid, user.gid);
        // The umask may have taken bits away.
        await file.chmod(user === null ? 0o444 : 0o400);
      } finally {
        await file.close();
      }
    }
    await chmod(folder, 0o555);
    if (user !== null) await chown(own, user.uid, user.gid);
    return folder;
  }

  async #remove(executionId: string): Promise<void> {
    const own = this.#folderOf(executionId);
    await chmod(path.join(own, 'files'), 0o700).catch(() => undefined);
    await rm(own, { recursive: true, force: true });
    // Stays while others are in it.
    await rmdir(this.#root).catch(() => undefined);
  }

  #folderOf(executionId: string): string {
    if (executionIdPattern.test(executionId)) return path.join(this.#root, executionId);
    throw new ExecutionError('request_invalid', 'The execution id cannot name a directory.');
  }

  /** Everybody may write in /dev/shm: a folder that somebody else made there is not used. */
  async #ensureRoot(): Promise<void> {
    await mkdir(this.#root, { recursive: true, mode: 0o711 });
    const facts = await lstat(this.#root);
    if (facts.isDirectory() && (getuid === undefined || facts.uid === getuid())) return;
    throw new ExecutionError('engine_error', `${this.#root} does not belong to the agent.`);
  }
}

/** @returns the folder of a request's secrets; null when it has none. */
export async function writeSecrets(
  files: SecretFiles | null,
  { executionId, secretFiles }: ExecutionRequest,
  user: { uid: number; gid: number } | null,
): Promise<string | null> {
  if (secretFiles === undefined) return null;
  if (files !== null) return files.write(executionId, secretFiles, user);
  const detail = 'This machine has no place in memory for secrets, and its owner allows no disk.';
  throw new ExecutionError('engine_error', detail);
}
