import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { systemClock } from '@node3/shared/clock';
import { systemIds } from '@node3/shared/ids';
import { silentLogger } from '@node3/shared/logger';
import { mustSkip } from '@node3/shared/testing/resources';
import { describe, expect, it, vi } from 'vitest';
import type { ExecutionRequest } from '../executor.ts';
import { DockerExecutor } from './docker-executor.ts';
import { findTestEngine } from './docker-test-engine.ts';
import { connectEngine } from './engine-socket.ts';
import { ensureLocalImage } from './local-image.ts';

const { skip } = await findTestEngine();
const missing = findMissing();
const skipped = mustSkip({ resource: 'gvisor', missing }) || skip;
const mebibyte = 1024 * 1024;
const never = new AbortController().signal;
const agentId = `agt_sandbox_${process.pid}`;

function findMissing(): string | null {
  if (process.getuid?.() !== 0) return 'only root starts an engine of its own';
  try {
    execFileSync('runsc', ['--version'], { stdio: 'pipe' });
    execFileSync('dockerd', ['--version'], { stdio: 'pipe' });
    return null;
  } catch {
    return 'runsc and dockerd are not both installed';
  }
}

/** An engine of its own, since the one of this machine need not know gVisor. */
async function startEngine() {
  const folder = await mkdtemp(path.join(tmpdir(), 'n3gv-'));
  const socket = path.join(folder, 's');
  const configFile = path.join(folder, 'daemon.json');
  const runtimes = {
    runsc: { path: '/usr/bin/runsc', runtimeArgs: ['--platform=ptrace', '--network=none'] },
  };
  await writeFile(configFile, JSON.stringify({ runtimes }));
  const options = {
    'config-file': configFile,
    host: `unix://${socket}`,
    'data-root': path.join(folder, 'data'),
    'exec-root': path.join(folder, 'exec'),
    pidfile: path.join(folder, 'pid'),
    bridge: 'none',
    iptables: 'false',
  };
  const args = Object.entries(options).map(([name, value]) => `--${name}=${value}`);
  const child = spawn('dockerd', args, { stdio: 'ignore' });
  const docker = connectEngine({ kind: 'socket', path: socket });
  await vi.waitFor(() => docker.ping(), { timeout: 60_000, interval: 200 });
  return {
    docker,
    async stop() {
      for (const { Id } of await docker.listContainers({ all: true })) {
        await docker.getContainer(Id).remove({ force: true });
      }
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

describe.skipIf(skipped)('gVisor as the runtime', () => {
  it('[6.12] threat 1: runs a job on a kernel of its own, with all limits, as level sandbox', async () => {
    const engine = await startEngine();
    try {
      const { docker } = engine;
      const { image } = await ensureLocalImage({ docker, log: silentLogger });
      const deps = { docker, agentId, clock: systemClock, log: silentLogger };
      const executor = new DockerExecutor({ ...deps, runtime: 'runsc' });
      expect(executor.isolation).toBe('sandbox');
      const status = await executor.probe();
      expect(status.problems).toEqual([]);
      expect(status.isolationEffective?.runtime).toBe('runsc');
      const request: ExecutionRequest = {
        executionId: systemIds.next('execution'),
        jobId: systemIds.next('job'),
        attempt: 1,
        agentId,
        workload: {
          kind: 'script',
          language: 'python',
          image,
          env: {},
          code: `
print(open('/proc/version').read().split()[2])
print(int([line for line in open('/proc/self/status') if line.startswith('CapEff')][0].split()[1], 16))
open('/output/output.json', 'w').write('{"kept":true}')`,
        },
        inputs: [],
        limits: {
          cpus: 1,
          memoryBytes: 256 * mebibyte,
          diskBytes: 16 * mebibyte,
          shmBytes: 8 * mebibyte,
          pidsMax: 512,
          runMs: 60_000,
          logBytesMax: mebibyte,
        },
        network: 'none',
        devices: [],
      };
      await executor.start(request);
      const lines: string[] = [];
      const [outcome] = await Promise.all([
        executor.wait(request.executionId, never),
        executor.logs(request.executionId, {}, ({ text }) => void lines.push(text), never),
      ]);
      await executor.remove(request.executionId);
      await executor.close();
      // What gVisor says of itself, whatever the machine's kernel is.
      expect(lines).toEqual(['4.4.0', '0']);
      expect(outcome).toMatchObject({ reason: 'exited', output: { kept: true } });
    } finally {
      await engine.stop();
    }
  });
});
