import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, open, rm, rmdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

const commandMs = 30_000;
const trialId = 'trial';
/** What the file system itself takes, so that a job gets all of the bytes it asked for. */
const overheadShare = 0.06;
const overheadBytes = 8 * 1024 * 1024;
/** Making a larger file system takes seconds. */
const bytesMax = 256 * 1024 ** 3;

export type VolumeOptions = { type: string; device: string; o: string };

/**
 * Output volumes that can't grow: each is a file with a file system in it, which takes no more than
 * it has room for and no more files than it has inodes. Measuring can only come too late. The engine
 * mounts it for the job, and this class a second time for the agent, who may live in a mount
 * namespace of its own. Needs root.
 */
export class FixedVolumes {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** Tries it once in a folder of the agent. @returns null where it does not work. */
  static async find(folder: string): Promise<FixedVolumes | null> {
    if (process.platform !== 'linux' || process.getuid?.() !== 0) return null;
    const volumes = new FixedVolumes(folder);
    try {
      await volumes.remove(trialId);
      await volumes.create(trialId, overheadBytes);
      await volumes.remove(trialId);
      return volumes;
    } catch {
      return null;
    }
  }

  /** Whether a volume of that size is one of these. */
  suits(bytes: number): boolean {
    return bytes <= bytesMax;
  }

  /** @returns what the engine mounts. @throws what a command said. */
  async create(executionId: string, bytes: number): Promise<VolumeOptions> {
    const { file, place } = this.#paths(executionId);
    await mkdir(place, { recursive: true, mode: 0o700 });
    const image = await open(file, 'wx', 0o600);
    try {
      await image.truncate(Math.ceil(bytes * (1 + overheadShare)) + overheadBytes);
    } finally {
      await image.close();
    }
    const options = ['-q', '-F', '-O', '^has_journal', '-m', '0', '-E', 'nodiscard'];
    await runTool('mkfs.ext4', [...options, file]);
    const device = await this.#mount(executionId);
    await rmdir(path.join(place, 'lost+found'));
    return { type: 'ext4', device, o: mountOptions };
  }

  /** Where the agent sees an execution's output; null when that is no volume of this kind. */
  async place(executionId: string): Promise<string | null> {
    if (this.fileOf(executionId) === null) return null;
    const { place } = this.#paths(executionId);
    // After a restart of the machine the file is all there is.
    await mkdir(place, { recursive: true, mode: 0o700 });
    if (!(await isMountPoint(place))) await this.#mount(executionId);
    return place;
  }

  /** The file that is an execution's disk; null when it has none. */
  fileOf(executionId: string): string | null {
    const { file } = this.#paths(executionId);
    return existsSync(file) ? file : null;
  }

  /** After the engine has let go of it. Unknown ones are fine. */
  async remove(executionId: string): Promise<void> {
    const { file, place } = this.#paths(executionId);
    if (existsSync(place)) {
      if (await isMountPoint(place)) await runTool('umount', [place]);
      await rmdir(place);
    }
    if (!existsSync(file)) return;
    const listed = await runTool('losetup', ['--noheadings', '--output', 'NAME', '-j', file]);
    for (const device of listed.split('\n').filter(Boolean)) {
      await runTool('losetup', ['-d', device.trim()]);
    }
    await rm(file);
  }

  /** @returns the device. */
  async #mount(executionId: string): Promise<string> {
    const { file, place } = this.#paths(executionId);
    const device = (await runTool('losetup', ['--find', '--show', file])).trim();
    await runTool('mount', ['-t', 'ext4', '-o', mountOptions, device, place]);
    return device;
  }

  #paths(executionId: string) {
    return {
      file: path.join(this.#folder, `${executionId}.img`),
      place: path.join(this.#folder, executionId),
    };
  }
}

const mountOptions = 'nosuid,nodev,noatime';

async function isMountPoint(place: string): Promise<boolean> {
  const [own, above] = await Promise.all([stat(place), stat(path.dirname(place))]);
  return own.dev !== above.dev;
}

async function runTool(name: string, args: string[]): Promise<string> {
  const program = ['/usr/sbin', '/sbin', '/usr/bin', '/bin']
    .map((folder) => `${folder}/${name}`)
    .find((file) => existsSync(file));
  if (program === undefined) throw new Error(`${name} is not installed`);
  const { stdout } = await run(program, args, { timeout: commandMs, env: {} });
  return stdout;
}
