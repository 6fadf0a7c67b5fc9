import { mkdir, mkdtemp, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { describeDiskSpeed, findDisk, findDiskSpeed } from './disk-speed.ts';

let system = '';
beforeEach(async () => {
  system = await mkdtemp(path.join(tmpdir(), 'node3-disk-speed-'));
});
afterEach(() => rm(system, { recursive: true }));

const request = { bytesPerSec: 64 * 1024 ** 2, runtime: 'runc' };

/** The engine's folder on the first partition of `sda`. */
async function addPartition(): Promise<void> {
  const { dev } = await stat(system);
  const partition = path.join(system, 'devices/sda/sda1');
  await mkdir(partition, { recursive: true });
  await writeFile(path.join(partition, 'partition'), '1\n');
  await writeFile(path.join(partition, '../uevent'), 'MAJOR=8\nDEVNAME=sda\n');
  await writeFile(path.join(partition, '../dev'), '8:0\n');
  await mkdir(path.join(system, 'dev/block'), { recursive: true });
  await symlink(partition, path.join(system, 'dev/block', `${(dev >> 8) & 0xfff}:${dev & 0xff}`));
}

const look = (changes = {}) =>
  findDiskSpeed({ ...request, engineFolder: system, ...changes }, system);

describe('findDiskSpeed', () => {
  it('says why nothing is limited', async () => {
    const said = async (changes: object) => describeDiskSpeed(await look(changes));
    expect(await said({ bytesPerSec: null })).toContain('AGENT_DISK_SPEED');
    expect(await said({ engineFolder: null })).toContain('not seen from here');
    expect(await said({ runtime: 'runsc' })).toContain('runsc');
  });

  it('takes the whole disk for a partition, which the kernel would not limit', async () => {
    expect(await findDisk(system, system)).toBeNull();
    await addPartition();
    expect(await findDisk(system, system)).toEqual({ file: '/dev/sda', numbers: '8:0' });
  });

  it('takes a refusal of the kernel for one, and leaves no group behind', async () => {
    await addPartition();
    await mkdir(path.join(system, 'fs/cgroup/blkio'), { recursive: true });
    // A plain folder has no file of limits, as a kernel without throttling.
    expect(describeDiskSpeed(await look())).toMatch(/^not limited: the kernel refused it .*ENOENT/);
    expect(await readdir(path.join(system, 'fs/cgroup/blkio'))).toEqual([]);
  });
});
