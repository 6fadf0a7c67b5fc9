import { execFile, spawnSync } from 'node:child_process';
import { closeSync, openSync, statSync, truncateSync, writeSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { isDiskFull } from '../file-error.ts';
import type { ResourceProbe } from './resources.ts';

const run = promisify(execFile);

/** A file system of a few megabytes, which can be filled to its last byte and emptied again. */
export interface SmallDisk {
  path: string;
  /** Takes what is left, but for so many bytes. */
  fill(leaveBytes?: number): void;
  /** Gives it back. */
  empty(): Promise<void>;
  remove(): Promise<void>;
}

const isRoot = process.getuid?.() === 0;

function mayMount(): boolean {
  if (process.platform !== 'linux') return false;
  return isRoot || spawnSync('sudo', ['-n', 'true']).status === 0;
}

export const mountProbe: ResourceProbe = {
  resource: 'mount',
  missing: mayMount() ? null : 'only root on Linux may mount a small disk',
};

async function runAsRoot(...[program, ...args]: [string, ...string[]]): Promise<void> {
  await (isRoot ? run(program, args) : run('sudo', ['-n', program, ...args]));
}

export async function mountSmallDisk(mebibytes: number): Promise<SmallDisk> {
  const path = await mkdtemp(join(tmpdir(), 'node3-disk-'));
  const options = `size=${mebibytes}m,mode=0755,uid=${process.getuid?.() ?? 0}`;
  await runAsRoot('mount', '-t', 'tmpfs', '-o', options, 'node3-test', path);
  const filler = join(path, 'filler');
  return {
    path,
    fill(leaveBytes = 0) {
      appendUntilFull(filler);
      if (leaveBytes > 0) truncateSync(filler, statSync(filler).size - leaveBytes);
    },
    empty: () => rm(filler, { force: true }),
    async remove() {
      await runAsRoot('umount', '--lazy', path);
      await rm(path, { recursive: true });
    },
  };
}

/** Smaller and smaller pieces, until not one byte more is taken. */
function appendUntilFull(path: string): void {
  const file = openSync(path, 'a');
  for (let bytes = 1024 * 1024; bytes >= 1; ) {
    try {
      writeSync(file, Buffer.alloc(bytes));
    } catch (error) {
      if (!isDiskFull(error)) throw error;
      bytes = Math.floor(bytes / 16);
    }
  }
  closeSync(file);
}
