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
  [
    'cgroup v2',
    {
      groups: '0::/system.slice/docker-c0ffee.scope',
      file: 'system.slice/docker-c0ffee.scope/cpu.max',
      written: '150000 100000',
      freezer: 'system.slice/docker-c0ffee.scope/cgroup.freeze',
      states: ['0\n', '1\n'],
    },
  ],
  [
    'cgroup v1',
    {
      groups: '4:freezer:/docker/c0ffee\n3:cpu,cpuacct:/docker/c0ffee\n0::/',
      file: 'cpu,cpuacct/docker/c0ffee/cpu.cfs_quota_us',
      written: '150000',
      freezer: 'freezer/docker/c0ffee/freezer.state',
      states: ['THAWED\n', 'FROZEN\n'],
    },
  ],
])('gives a container its share by %s, unless it is paused', async (_version, each) => {
  const { file, freezer, groups, states, written } = each;
  await put('proc/7/cgroup', groups);
  await put(join('sys/fs/cgroup', file), 'before');
  const share = () => setCpuQuota({ pid: 7, containerId }, 1.5e9, root);
  // Who does not know whether it is paused leaves it to the engine.
  expect(share()).toBe(false);
  for (const state of states.toReversed()) {
    await put(join('sys/fs/cgroup', freezer), state);
    expect(share()).toBe(state === states[0]);
  }
  expect((await readFile(join(root, 'sys/fs/cgroup', file), 'utf8')).trim()).toBe(written);
});

it('touches nothing that is not that container’s', async () => {
  await put('proc/7/cgroup', '0::/user.slice/other.scope');
  await put('sys/fs/cgroup/user.slice/other.scope/cpu.max', 'before');
  await put('sys/fs/cgroup/user.slice/other.scope/cgroup.freeze', '0');
  expect(setCpuQuota({ pid: 7, containerId }, 1e9, root)).toBe(false);
  expect(setCpuQuota({ pid: 8, containerId }, 1e9, root)).toBe(false);
  expect(await readFile(join(root, 'sys/fs/cgroup/user.slice/other.scope/cpu.max'), 'utf8')).toBe(
    'before',
  );
});

it('makes no file where the kernel has none', async () => {
  await put('proc/7/cgroup', '0::/docker/c0ffee');
  await put('sys/fs/cgroup/docker/c0ffee/cgroup.freeze', '0');
  expect(setCpuQuota({ pid: 7, containerId }, 1e9, root)).toBe(false);
});
