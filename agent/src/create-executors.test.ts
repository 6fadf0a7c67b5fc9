import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '@node3/shared/logger';
import { expect, it } from 'vitest';
import { createExecutors } from './create-executors.ts';
import { readAgentConfig } from './env.ts';
import { systemHostClock } from './host-clock.ts';

it('has no native executor unless the provider allows it, engine or not', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'node3-executors-'));
  const namesFor = async (environment: Record<string, string>) => {
    const env = {
      AGENT_DATA_DIR: dataDir,
      DOCKER_HOST: 'unix:///nonexistent.sock',
      ...environment,
    };
    const config = readAgentConfig(env, { hostname: 'test', dashboardDir: null });
    const parts = { clock: systemHostClock, log: silentLogger, secretFiles: null };
    const context = { ownerId: 'owner', config, ...parts };
    const executors = createExecutors(context);
    await Promise.all(executors.map((executor) => executor.close()));
    return executors.map(({ name }) => name);
  };
  expect(await namesFor({})).toEqual(['docker']);
  expect(await namesFor({ AGENT_ALLOW_NATIVE: 'true' })).toEqual(['docker', 'native']);
  expect(await readdir(dataDir)).toEqual([]);
  await rm(dataDir, { recursive: true });
});
