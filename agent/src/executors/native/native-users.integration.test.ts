import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { systemClock } from '@node3/shared/clock';
import { systemIds } from '@node3/shared/ids';
import { nativeImage } from '@node3/shared/job-spec';
import { silentLogger } from '@node3/shared/logger';
import { getLocalLogTail } from '@node3/shared/routes/agent-local';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { systemHostClock } from '../../host-clock.ts';
import { localTokenPath } from '../../local-token.ts';
import { clientOf, readStatus, TestMachine } from '../../testing/test-agent.ts';
import type { ExecutionRequest } from '../executor.ts';
import { SecretFiles } from '../secret-files.ts';
import { NativeExecutor } from './native-executor.ts';
import { noTools } from './native-jail.ts';
import { NativeUsers, uidSlots } from './native-users.ts';
import { nativePaths, writeRecord } from './native-workspace.ts';

const never = new AbortController().signal;

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'node3-native-users-'));
  await chmod(directory, 0o711);
});
afterEach(() => rm(directory, { recursive: true, force: true }));

describe('NativeUsers', () => {
  it('gives each execution a user that no record and no process has', async () => {
    const running = new Map<number, number>();
    const users = new NativeUsers(directory, async () => running);
    for (let slot = 0; slot < uidSlots; slot += 1) {
      const user = await users.take(`exe_${slot}`);
      expect(user?.uid).toBe(user?.gid);
      expect(user?.uid).not.toBe(65_534);
      if (slot === 0) running.set(1, user?.uid ?? 0);
      if (slot !== 1) continue;
      const { root, spec } = nativePaths(directory, 'exe_1');
      await mkdir(root);
      await writeRecord(spec, { user });
    }
    expect(await users.take('exe_more')).toBe(null);
    // After a restart only what is recorded or runs is known.
    const next = new NativeUsers(directory, async () => running);
    const uids = new Set<number | undefined>();
    for (let slot = 2; slot < uidSlots; slot += 1) uids.add((await next.take(`n_${slot}`))?.uid);
    expect(uids.size).toBe(uidSlots - 2);
    expect(await next.take('exe_more')).toBe(null);
    await next.release('n_2', null);
    expect(await next.take('exe_more')).not.toBe(null);
  });
});

describe.skipIf(process.getuid?.() !== 0)('an agent that is root', () => {
  it('threat 22: is neither driven nor read by a plain native job of its own', async () => {
    const machine = new TestMachine();
    await machine.setUp();
    onTestFinished(() => machine.tearDown());
    // The mode of the file alone has to keep it.
    await chmod(machine.dataDir, 0o711);
    const native = new NativeExecutor({
      policy: { allowNative: true },
      agentId: 'agt_users',
      workspaceRoot: path.join(directory, 'executions'),
      clock: systemClock,
      log: silentLogger,
      tools: noTools,
    });
    const parts = { createExecutors: () => [native], clock: systemHostClock };
    const agent = await machine.boot({ nativeAllowed: true }, parts);
    await agent.ready();
    const run = async (script: string) => {
      const executionId = machine.marketplace.post({
        workload: { kind: 'container', image: nativeImage, entrypoint: ['bash', '-c', script] },
        placement: { isolationMin: 'native' },
      });
      const execution = () => machine.marketplace.execution(executionId);
      await vi.waitFor(() => expect(execution().result?.outcome).toBe('succeeded'), 20_000);
      return { executionId, lines: [...execution().lines.values()] };
    };
    const victim = await run('echo private');
    const { host, port } = new URL(agent.url);
    const attack = await run(`
      ask() {
        exec 3<>/dev/tcp/127.0.0.1/${port}
        printf '%s HTTP/1.1\\r\\nHost: ${host}\\r\\nContent-Type: application/json\\r\\n' "$1" >&3
        printf 'Content-Length: %d\\r\\nConnection: close\\r\\n\\r\\n%s' "\${#2}" "$2" >&3
        head -1 <&3 | cut -d ' ' -f 2
      }
      cat ${localTokenPath(machine.dataDir)} 2>&1 | grep -o 'Permission denied'
      ask 'GET /api/v1/local/executions/${victim.executionId}/logs'
      ask 'GET /api/v1/local/executions'
      ask 'POST /api/v1/local/policy' '{"set":{"egressHosts":["*"]}}'
      ask 'POST /api/v1/local/mode' '{"mode":"drain"}'
      ask 'POST /api/v1/local/stop' '{}'
      ask 'POST /api/stop'
      ask 'GET /api/v1/local/status'`);
    // The last one shows that it does reach the agent.
    const refused = Array<string>(6).fill('401');
    expect(attack.lines).toEqual(['Permission denied', ...refused, '200']);
    expect(await readStatus(agent)).toMatchObject({ state: 'idle' });
    const params = { executionId: victim.executionId };
    const { data } = await clientOf(agent).call(getLocalLogTail, { params });
    expect(data).toMatchObject([{ text: 'private' }]);
  });

  it('ends what a job left behind before its user is another’s', async () => {
    const users = new NativeUsers(directory);
    const user = await users.take('exe_1');
    const child = spawn('sleep', ['300'], { detached: true, env: {}, cwd: '/', ...user });
    const exited = once(child, 'exit');
    await users.release('exe_1', null);
    expect(await exited).toEqual([null, 'SIGKILL']);
  });

  it('lets no native job read the secrets of another', async () => {
    const secretsRoot = path.join(directory, 'secrets');
    const executor = new NativeExecutor({
      policy: { allowNative: true },
      agentId: 'agt_users',
      workspaceRoot: path.join(directory, 'executions'),
      clock: systemClock,
      log: silentLogger,
      secretFiles: new SecretFiles({ root: secretsRoot, kind: 'memory' }),
      tools: noTools,
    });
    const start = async (script: string) => {
      const executionId = systemIds.next('execution');
      await executor.start({ ...request(executionId, script), secretFiles: { TOKEN: 'hunter22' } });
      return executionId;
    };
    const read = async (executionId: string) => {
      const lines: string[] = [];
      await executor.wait(executionId, never);
      await executor.logs(executionId, {}, ({ text }) => void lines.push(text), never);
      return lines;
    };
    const first = await start('sleep 300');
    const file = (executionId: string) => path.join(secretsRoot, executionId, 'files', 'TOKEN');
    const second = await start(`cat "$SECRETS_DIR/TOKEN"; echo; cat ${file(first)} 2>/dev/null`);
    expect(await read(second)).toEqual(['hunter22']);
    for (const each of [first, second]) await executor.remove(each);
    await executor.close();
  });
});

function request(executionId: string, script: string): ExecutionRequest {
  return {
    executionId,
    jobId: systemIds.next('job'),
    attempt: 1,
    agentId: 'agt_users',
    workload: {
      kind: 'container',
      image: 'native',
      command: null,
      entrypoint: ['bash', '-c', script],
      workdir: null,
      env: {},
      stdin: null,
    },
    inputs: [],
    limits: {
      cpus: 1,
      memoryBytes: 64 * 1024 * 1024,
      diskBytes: 16 * 1024 * 1024,
      shmBytes: 8 * 1024 * 1024,
      pidsMax: 48,
      runMs: 60_000,
      logBytesMax: 1024 * 1024,
    },
    network: 'none',
    devices: [],
  };
}
