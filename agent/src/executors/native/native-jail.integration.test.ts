import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { systemClock } from '@node3/shared/clock';
import { systemIds } from '@node3/shared/ids';
import { silentLogger } from '@node3/shared/logger';
import { mustSkip } from '@node3/shared/testing/resources';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { systemCallProbe } from '../docker/jail-probe.ts';
import type { ExecutionRequest } from '../executor.ts';
import { NativeCgroup } from './native-cgroup.ts';
import { NativeExecutor } from './native-executor.ts';
import { findNativeTools } from './native-jail.ts';
import { processIdentity } from './native-process.ts';
import { chooseNativeUser } from './native-users.ts';

const tools = await findNativeTools(chooseNativeUser(undefined));
const isWhole = tools.bubblewrap !== null && tools.cgroup !== null;
const missing = isWhole ? null : 'bubblewrap and control groups do not both work here';
const mebibyte = 1024 * 1024;
const never = new AbortController().signal;

describe.skipIf(mustSkip({ resource: 'bubblewrap', missing }))(
  'a native job in its jail',
  async () => {
    const directory = await mkdtemp(path.join(tmpdir(), 'node3-native-jail-'));
    await chmod(directory, 0o711);
    const executor = new NativeExecutor({
      policy: { allowNative: true },
      agentId: 'agt_native_jail',
      workspaceRoot: path.join(directory, 'executions'),
      clock: systemClock,
      log: silentLogger,
      tools,
    });
    afterAll(async () => {
      for (const { executionId } of await executor.list()) await executor.remove(executionId);
      await executor.close();
      await rm(directory, { recursive: true, force: true });
    });

    async function start(script: string, program = ['bash', '-c']): Promise<string> {
      const executionId = systemIds.next('execution');
      const request: ExecutionRequest = {
        executionId,
        jobId: systemIds.next('job'),
        attempt: 1,
        agentId: 'agt_native_jail',
        workload: {
          kind: 'container',
          image: 'native',
          command: null,
          entrypoint: [...program, script],
          workdir: null,
          env: {},
          stdin: null,
        },
        inputs: [],
        limits: {
          cpus: 0.5,
          memoryBytes: 64 * mebibyte,
          diskBytes: 16 * mebibyte,
          shmBytes: 8 * mebibyte,
          pidsMax: 48,
          runMs: 60_000,
          logBytesMax: mebibyte,
        },
        network: 'none',
        devices: [],
      };
      await executor.start(request);
      return executionId;
    }

    async function run(script: string, program?: string[]) {
      const executionId = await start(script, program);
      const lines: string[] = [];
      const [outcome] = await Promise.all([
        executor.wait(executionId, never),
        executor.logs(executionId, {}, ({ text }) => void lines.push(text), never),
      ]);
      return { outcome, lines };
    }

    it('[6.23] sees neither the owner’s files nor other processes, and has no rights', async () => {
      const { lines } = await run(`
      grep -E '^(CapInh|CapPrm|CapEff|CapBnd|CapAmb|NoNewPrivs):' /proc/self/status | tr -d '\\t'
      id -u
      for place in ${homedir()} /root /home /var /run /etc/shadow /etc/passwd /sys ${process.cwd()}/package.json; do
        test -e "$place" && echo "sees $place"
      done
      ls /proc | grep -c '^[0-9]'
      touch /usr/x 2>/dev/null && echo wrote
      unshare -U true 2>/dev/null && echo 'made a user namespace'
      hostname`);
      expect(lines.slice(0, 7)).toEqual([
        'CapInh:0000000000000000',
        'CapPrm:0000000000000000',
        'CapEff:0000000000000000',
        'CapBnd:0000000000000000',
        'CapAmb:0000000000000000',
        'NoNewPrivs:1',
        expect.stringMatching(/^6[01]\d{3}$/),
      ]);
      expect(lines.slice(8)).toEqual(['job']);
      expect(Number(lines[7])).toBeLessThan(10);
    });

    it('threat 24: gets the same system calls as a container, and no others', async () => {
      const { lines } = await run(systemCallProbe, ['/usr/bin/python3', '-c']);
      expect(lines.filter((line) => !line.startsWith('blocked '))).toEqual([]);
      expect(lines.length).toBeGreaterThan(100);
      const { isolationEffective } = await executor.probe();
      expect(isolationEffective?.seccompProfile).toBe('node3');
    });

    it('threats 20, 21, 22: reaches neither the network nor services of this machine', async () => {
      const server = createServer((socket) => socket.end('reached')).listen(0, '127.0.0.1');
      await vi.waitFor(() => expect(server.listening).toBe(true), 20_000);
      const { port } = server.address() as { port: number };
      const { lines } = await run(`
      (exec 3<>/dev/tcp/127.0.0.1/${port}) 2>/dev/null && echo reached
      (exec 3<>/dev/tcp/8.8.8.8/53) 2>/dev/null && echo reached
      tail -n +3 /proc/net/dev | cut -d: -f1 | tr -d ' '`);
      server.close();
      expect(lines).toEqual(['lo']);
    });

    it('[6.23] threats 7, 8, 9: is held to its memory, its processes and its share of /tmp', async () => {
      const fill = await run(`head -c 1000000000 /dev/zero > /tmp/fill; echo $?`);
      // Files in memory count as memory: whichever limit comes first ends it.
      expect(fill.lines).not.toEqual(['0']);
      const forks = await run(
        `for i in $(seq 100); do sleep 20 & done 2>&1 | head -1; jobs -p | wc -l`,
      );
      expect(forks.lines.join(' ')).toContain('fork');
      const memory = await run('exec tail /dev/zero');
      expect(memory.outcome).toMatchObject({ reason: 'out_of_memory', oomKilled: true });
    });

    it('threat 7: leaves no process behind, whatever session or environment it has moved to', async () => {
      const id = await start(
        `env -i setsid sleep 300 & env -i setsid sleep 300 & trap '' TERM; echo up; wait; sleep 300`,
      );
      const group = new NativeCgroup(id, tools.cgroup ?? 1);
      await vi.waitFor(
        async () => expect((await group.listProcessIds()).length).toBeGreaterThan(3),
        5_000,
      );
      const ids = await group.listProcessIds();
      await executor.cancel(id, 'enough');
      const identities = await Promise.all(ids.map((pid) => processIdentity(pid)));
      expect(identities.filter((each) => each !== null)).toEqual([]);
      expect(await group.listProcessIds()).toEqual([]);
      expect((await executor.wait(id, never)).reason).toBe('cancelled');
    });

    it('may write what it has when its time is over', async () => {
      const id = await start(
        `trap 'echo saved > "$OUTPUT_DIR/x"; echo saved; exit 0' TERM; echo up; while :; do sleep 0.1; done`,
      );
      const lines: string[] = [];
      const stop = new AbortController();
      await executor.logs(id, {}, () => stop.abort(), stop.signal);
      await executor.cancel(id, 'enough');
      await executor.logs(id, {}, ({ text }) => void lines.push(text), never);
      expect(lines).toContain('saved');
    });
  },
);
