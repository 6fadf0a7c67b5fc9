import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '@node3/shared/logger';
import { expect, it } from 'vitest';
import { createExecutors, dockerOptions } from './create-executors.ts';
import { readAgentConfig } from './env.ts';
import { systemHostClock } from './host-clock.ts';
import { findRestartNeed, withPolicy } from './policy/machine-policy.ts';
import { openPolicy } from './policy/testing/open-terms.ts';

it('[6.23] [6.24] has no native executor unless the provider allows it, engine or not', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'node3-executors-'));
  const namesFor = async (environment: Record<string, string>) => {
    const env = {
      AGENT_DATA_DIR: dataDir,
      DOCKER_HOST: 'unix:///nonexistent.sock',
      ...environment,
    };
    const config = readAgentConfig(env, { hostname: 'test', dashboardDir: null });
    const parts = {
      clock: systemHostClock,
      log: silentLogger,
      policy: null,
      secretFiles: null,
      idleMemoryBytes: () => 0,
    };
    const context = { ownerId: 'owner', config, ...parts };
    const executors = createExecutors(context);
    await Promise.all(executors.map((executor) => executor.close()));
    return executors.map(({ name }) => name);
  };
  expect(await namesFor({})).toEqual(['docker']);
  expect(await namesFor({ AGENT_ALLOW_NATIVE: 'true' })).toEqual(['docker', 'native']);
  await expect(namesFor({ DOCKER_HOST: 'ssh://other-machine' })).rejects.toThrow(
    /^DOCKER_HOST is ssh:\/\/other-machine, which can not be used/,
  );
  expect(await readdir(dataDir)).toEqual([]);
  await rm(dataDir, { recursive: true });
});

it('ends containers and pulls at the disk floor of the policy', () => {
  const environment = { DOCKER_HOST: 'unix:///nonexistent.sock' };
  const config = readAgentConfig(environment, { hostname: 'test', dashboardDir: null });
  const policy = { ...openPolicy, diskFloorBytes: 7 * 1024 ** 3 };
  const parts = {
    clock: systemHostClock,
    log: silentLogger,
    policy: null,
    secretFiles: null,
    idleMemoryBytes: () => 0,
  };
  const context = { ownerId: 'owner', config: withPolicy(config, policy), ...parts };
  expect(dockerOptions(context).diskFreeBytesMin).toBe(7 * 1024 ** 3);
  expect(findRestartNeed(openPolicy, policy)).toContain('the new disk floor');
});
