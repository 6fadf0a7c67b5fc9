import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type Docker from 'dockerode';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { findTestEngine } from '../executors/docker/docker-test-engine.ts';
import { addressOf } from '../executors/docker/engine-socket.ts';

const { docker, skip, prepareImage } = await findTestEngine();
const address = skip ? null : addressOf(docker);
const main = fileURLToPath(new URL('./testing/keeping-agent.ts', import.meta.url));

describe.skipIf(address?.kind !== 'socket')('what an agent runs that can not end it', () => {
  let folder = '';
  const agents: ChildProcess[] = [];
  const containers: Docker.Container[] = [];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'node3-keeper-'));
  });
  afterAll(async () => {
    for (const agent of agents) agent.kill('SIGKILL');
    for (const container of containers) await container.remove({ force: true });
    // Keepers end when their file is gone.
    await rm(folder, { recursive: true });
  });

  it('is over soon after its lease, whether the agent hangs or is dead', async () => {
    const image = await prepareImage();
    for (const signal of ['SIGSTOP', 'SIGKILL'] as const) {
      const container = await docker.createContainer({
        Image: image,
        Cmd: ['sleep', '600'],
        HostConfig: { Init: true, NetworkMode: 'none' },
      });
      containers.push(container);
      await container.start();
      const socketPath = address?.kind === 'socket' ? address.path : '';
      const args = [main, join(folder, signal), socketPath, container.id];
      const agent = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
      agents.push(agent);
      await once(agent.stdout, 'data');
      expect((await container.inspect()).State.Running).toBe(true);
      agent.kill(signal);
    }
    await vi.waitFor(
      async () => {
        const found = await Promise.all(containers.map((each) => each.inspect()));
        expect(found.map(({ State }) => State.Running)).toEqual([false, false]);
      },
      { timeout: 60_000, interval: 100 },
    );
  }, 90_000);
});
