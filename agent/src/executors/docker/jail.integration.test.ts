import { systemClock } from '@node3/shared/clock';
import { silentLogger } from '@node3/shared/logger';
import { afterAll, describe, expect, it } from 'vitest';
import { sampleRequest } from '../../testing/sample-request.ts';
import type { ExecutionOutcome, Workload } from '../executor.ts';
import { DockerExecutor } from './docker-executor.ts';
import { findTestEngine } from './docker-test-engine.ts';
import { jailProbe } from './jail-probe.ts';

const { docker, skip, prepareImage } = await findTestEngine();
const agentId = `agt_jail_${process.pid}`;
const never = new AbortController().signal;

describe.skipIf(skip)('the jail, from inside', () => {
  const executor = new DockerExecutor({ docker, agentId, clock: systemClock, log: silentLogger });
  afterAll(async () => {
    for (const { executionId } of await executor.list()) await executor.remove(executionId);
    await executor.close();
  });

  async function run(workload: Workload): Promise<{ outcome: ExecutionOutcome; stdout: string[] }> {
    const request = sampleRequest({ agentId, workload });
    await executor.start(request);
    const stdout: string[] = [];
    const sink = (line: { text: string }) => void stdout.push(line.text);
    const [outcome] = await Promise.all([
      executor.wait(request.executionId, never),
      executor.logs(request.executionId, {}, sink, never),
    ]);
    return { outcome, stdout };
  }

  it('[6.09] [6.11] blocks every probe', async () => {
    const image = await prepareImage();
    const script: Workload = {
      kind: 'script',
      language: 'python',
      code: jailProbe,
      image,
      env: {},
    };
    const { outcome, stdout } = await run(script);
    expect(stdout.filter((line) => !line.startsWith('blocked '))).toEqual(['end of probes']);
    expect(stdout.length).toBeGreaterThan(150);
    expect(outcome.exitCode).toBe(0);
  });

  it('[6.10] [6.22] kills a job that takes more memory than it may, and says so', async () => {
    const code = 'data = bytearray(1 << 30)\nfor i in range(0, len(data), 4096): data[i] = 1';
    const image = await prepareImage();
    const { outcome } = await run({ kind: 'script', language: 'python', code, image, env: {} });
    expect(outcome).toMatchObject({ exitCode: 137, oomKilled: true, reason: 'out_of_memory' });
  });

  it('still lets ordinary programs work', async () => {
    const image = await prepareImage();
    const code = `
      import { execFileSync } from 'node:child_process';
      import { createServer } from 'node:net';
      import { networkInterfaces } from 'node:os';
      import { Worker } from 'node:worker_threads';
      networkInterfaces();
      execFileSync('sh', ['-c', 'echo x > /tmp/x && chmod 755 /tmp/x && cat /tmp/x > "$OUTPUT_DIR/x"']);
      const server = createServer().listen(0, '127.0.0.1', () => server.close());
      const worker = new Worker('require("worker_threads").parentPort.postMessage(1)', { eval: true });
      worker.once('message', (value) => console.log(JSON.stringify({ value })));`;
    const { outcome, stdout } = await run({
      kind: 'script',
      language: 'javascript',
      code,
      image,
      env: {},
    });
    expect(stdout).toEqual(['{"value":1}']);
    expect(outcome.reason).toBe('exited');
  });
});
