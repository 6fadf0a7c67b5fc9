import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { setCpuQuota } from './cpu-quota.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'node3-quota-'));
});
afterEach(() => rm(root, { recursive: true }));

const containerId = 'c0ffee';

async function put(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text);
}

it.each([
  ['cgroup v2', '0::/system.slice/docker-c0ffee.scope', 'cpu.max', '150000 100000', ''],
  [
    'cgroup v1',
    '4:memory:/docker/c0ffee\n3:cpu,cpuacct:/docker/c0ffee\n0::/',
    'cpu.cfs_quota_us',
    '150000',
    'cpu,cpuacct',
  ],
])('gives a container its share by %s', async (_version, groups, name, written, mount) => {
  const path = groups.includes('docker/') ? '/docker/c0ffee' : '/system.slice/docker-c0ffee.scope';
  await put('proc/7/cgroup', groups);
  const file = join('sys/fs/cgroup', mount, path, name);
  await put(file, 'before');
  expect(await setCpuQuota({ pid: 7, containerId }, 1.5e9, root)).toBe(true);
  expect((await readFile(join(root, file), 'utf8')).trim()).toBe(written);
});

it('touches nothing that is not that container’s', async () => {
  await put('proc/7/cgroup', '0::/user.slice/other.scope');
  await put('sys/fs/cgroup/user.slice/other.scope/cpu.max', 'before');
  expect(await setCpuQuota({ pid: 7, containerId }, 1e9, root)).toBe(false);
  expect(await setCpuQuota({ pid: 8, containerId }, 1e9, root)).toBe(false);
  expect(await readFile(join(root, 'sys/fs/cgroup/user.slice/other.scope/cpu.max'), 'utf8')).toBe(
    'before',
  );
});

it('makes no file where the kernel has none', async () => {
  await put('proc/7/cgroup', '0::/docker/c0ffee');
  await put('sys/fs/cgroup/docker/c0ffee/other', '');
  expect(await setCpuQuota({ pid: 7, containerId }, 1e9, root)).toBe(false);
});
