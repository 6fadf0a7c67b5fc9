import { existsSync } from 'node:fs';
import { mkdir, readFile, realpath, rmdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { HostConfig } from 'dockerode';
import { engineMessage } from './engine-error.ts';

/** How fast a job may read and how fast it may write, per disk. */
export interface DiskSpeed {
  bytesPerSec: number;
  /** The disk of the engine's folder, such as `/dev/sda`; null where that is on no disk of its own. */
  engineDisk: string | null;
}

export type DiskSpeedStatus = { limited: true; speed: DiskSpeed } | { limited: false; why: string };

/** A disk is as busy with many small pieces: one operation is allowed for each of these. */
const bytesPerOperation = 64 * 1024;
const runtimesTried = ['runc', 'crun'];

export interface DiskSpeedRequest {
  /** null: the provider wants no limit. */
  bytesPerSec: number | null;
  /** The engine's own folder as it sees it; null where that is not this machine's. */
  engineFolder: string | null;
  /** The runtime jobs get. */
  runtime: string | null;
}

/**
 * Tries whether the kernel takes such a limit, in a control group that is removed again: what it
 * refuses would keep every container from starting. Never throws.
 */
export async function findDiskSpeed(
  { bytesPerSec, engineFolder, runtime }: DiskSpeedRequest,
  systemRoot = '/sys',
): Promise<DiskSpeedStatus> {
  const off = (why: string) => ({ limited: false as const, why });
  if (bytesPerSec === null) return off('the provider set AGENT_DISK_SPEED to off');
  if (engineFolder === null) return off('the engine’s disks are not seen from here');
  if (!runtimesTried.includes(runtime ?? '')) return off(`it was never tried with ${runtime}`);
  try {
    const disk = await findDisk(engineFolder, systemRoot);
    await tryLimit(disk?.numbers ?? null, bytesPerSec, systemRoot);
    return { limited: true, speed: { bytesPerSec, engineDisk: disk?.file ?? null } };
  } catch (error) {
    return off(`the kernel refused it (${engineMessage(error)})`);
  }
}

export function describeDiskSpeed(status: DiskSpeedStatus): string {
  if (!status.limited) return `not limited: ${status.why}`;
  const { bytesPerSec, engineDisk } = status.speed;
  const disks = [...(engineDisk === null ? [] : [engineDisk]), 'outputs of fixed size'];
  return `${Math.round(bytesPerSec / 1024 ** 2)} MiB/s on ${disks.join(' and ')}`;
}

/**
 * A limit on the disk below does not hold what goes through a loop device, so the job's output has
 * its own. `outputDevice` is null where the output is a folder of the engine's.
 */
export function limitDisks(speed: DiskSpeed | null, outputDevice: string | null): HostConfig {
  const disks = [speed?.engineDisk, outputDevice].filter((disk) => typeof disk === 'string');
  if (speed === null || disks.length === 0) return {};
  const allow = (Rate: number) => disks.map((Path) => ({ Path, Rate }));
  const bytes = allow(speed.bytesPerSec);
  const operations = allow(Math.ceil(speed.bytesPerSec / bytesPerOperation));
  return {
    BlkioDeviceReadBps: bytes,
    BlkioDeviceWriteBps: bytes,
    BlkioDeviceReadIOps: operations,
    BlkioDeviceWriteIOps: operations,
  };
}

/** @returns the whole disk below a folder: partitions take no limit. null for btrfs, ZFS and such. */
export async function findDisk(
  folder: string,
  systemRoot: string,
): Promise<{ file: string; numbers: string } | null> {
  const { dev } = await stat(folder, { bigint: true });
  const major = ((dev >> 8n) & 0xfffn) | ((dev >> 32n) & ~0xfffn);
  const minor = (dev & 0xffn) | ((dev >> 12n) & 0xffffff00n);
  const link = path.join(systemRoot, 'dev/block', `${major}:${minor}`);
  if (!existsSync(link)) return null;
  const device = await realpath(link);
  const disk = existsSync(path.join(device, 'partition')) ? path.dirname(device) : device;
  const name = /^DEVNAME=(.+)$/m.exec(await readFile(path.join(disk, 'uevent'), 'utf8'))?.[1];
  const numbers = (await readFile(path.join(disk, 'dev'), 'utf8')).trim();
  return name === undefined ? null : { file: `/dev/${name}`, numbers };
}

async function tryLimit(
  numbers: string | null,
  bytesPerSec: number,
  systemRoot: string,
): Promise<void> {
  const groups = path.join(systemRoot, 'fs/cgroup');
  const isV1 = existsSync(path.join(groups, 'blkio'));
  const trial = path.join(groups, isV1 ? 'blkio' : '', `node3-disk-trial-${process.pid}`);
  const [file, text] = isV1
    ? ['blkio.throttle.write_bps_device', `${numbers} ${bytesPerSec}`]
    : ['io.max', `${numbers} wbps=${bytesPerSec}`];
  await mkdir(trial, { recursive: true });
  try {
    // Where the disk is not known the file tells at least that the controller is there.
    if (numbers === null) await readFile(path.join(trial, file));
    else await writeFile(path.join(trial, file), text, { flag: 'r+' });
  } finally {
    await rmdir(trial);
  }
}
