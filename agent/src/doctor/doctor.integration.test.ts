import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readAgentConfig } from '../env.ts';
import { findTestEngine } from '../executors/docker/docker-test-engine.ts';
import { runDoctor } from './run-doctor.ts';

const { docker, skip } = await findTestEngine();

describe.skipIf(skip)('the doctor on a real engine', () => {
  it('[5.25] starts a real container, and leaves nothing behind', async () => {
    const parent = await mkdtemp(join(tmpdir(), 'node3-doctor-'));
    const dataDir = join(parent, 'agent');
    const env = { ...process.env, AGENT_DATA_DIR: dataDir, MARKETPLACE_URL: 'http://127.0.0.1:9' };
    const config = readAgentConfig(env, { hostname: 'h', dashboardDir: null });
    const checks = await runDoctor(config, null);
    expect(checks.find(({ name }) => name === 'container')).toMatchObject({ state: 'ok' });
    expect(checks.find(({ name }) => name === 'marketplace')).toMatchObject({ state: 'failed' });
    const unknown = await runDoctor(config, 'node3/no-such-image:none');
    expect(unknown.find(({ name }) => name === 'container')).toMatchObject({ state: 'failed' });
    const left = await docker.listContainers({ all: true, filters: { label: ['node3.agent'] } });
    expect(left.filter(({ Labels }) => JSON.stringify(Labels).includes('doctor-'))).toEqual([]);
    expect(await readdir(parent)).toEqual([]);
    const images = await docker.listImages({ filters: { reference: ['node3/trial'] } });
    expect(images).toEqual([]);
    await mkdir(dataDir);
    await writeFile(join(dataDir, 'policy.json'), '{"warmContainers": 1}', { mode: 0o600 });
    const again = await runDoctor(config, null);
    expect(again.find(({ name }) => name === 'warm containers')?.sentence).toMatch(
      /^A container waited for a job\.$|Outputs have no size of their own here\.$/,
    );
    expect(await readdir(dataDir)).toEqual(['policy.json']);
    await rm(parent, { recursive: true });
  });
});
