import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Command, createCommandRunner, toolEnvironment } from './command-runner.ts';
import { createStubTools, type StubTools } from './testing/stub-tool.ts';

let tools: StubTools;
beforeEach(() => {
  tools = createStubTools();
});
afterEach(() => tools.remove());

function run(overrides: Partial<Command> = {}, signal = new AbortController().signal) {
  const runner = createCommandRunner({ environment: tools.environment });
  const command = { file: 'tool', args: [], timeoutMs: 10_000, outputBytesMax: 10_000 };
  return runner.run({ ...command, ...overrides }, signal);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // A killed child of a killed parent stays a zombie where nobody reaps it; that is dead too.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

describe('command runner', () => {
  it('keeps both streams and the exit code', async () => {
    tools.add('tool', 'echo out; echo err >&2; exit 9');
    expect(await run()).toEqual({ kind: 'exited', exitCode: 9, stdout: 'out\n', stderr: 'err\n' });
  });

  it('passes arguments without a shell', async () => {
    tools.add('tool', 'printf "%s|" "$@"');
    const result = await run({ args: ['a b', '$HOME; echo x', '*'] });
    expect(result).toMatchObject({ stdout: 'a b|$HOME; echo x|*|' });
  });

  it('says that a program is missing', async () => {
    expect(await run({ file: 'no-such-tool' })).toEqual({ kind: 'missing' });
  });

  it('kills a hanging tool and the processes it started', async () => {
    const pidFile = join(tools.directory, 'pid');
    tools.add('tool', `sleep 600 & echo $! >${pidFile}; wait`);
    const startedAtMs = performance.now();
    expect(await run({ timeoutMs: 300 })).toEqual({ kind: 'timed-out', timeoutMs: 300 });
    expect(performance.now() - startedAtMs).toBeLessThan(5_000);
    await vi.waitFor(() => expect(existsSync(pidFile)).toBe(true), 20_000);
    const pid = Number(readFileSync(pidFile, 'utf8'));
    await vi.waitFor(() => expect(isAlive(pid)).toBe(false), 20_000);
  });

  it('does not wait for a background process that holds the output open', async () => {
    tools.add('tool', 'setsid sleep 2 & exit 0');
    expect(await run({ timeoutMs: 300 })).toMatchObject({ kind: 'timed-out' });
  });

  it('passes the lines of a tool that streams on, and ends one that falls silent', async () => {
    tools.add(
      'tool',
      'printf "one\\r\\ntwo\\nthr"; sleep 0.05; printf "ee\\nhalf"; exec sleep 600',
    );
    const lines: string[] = [];
    const stream = { onLine: (line: string) => lines.push(line), silenceMsMax: 400 };
    expect(await run({ stream })).toEqual({ kind: 'timed-out', timeoutMs: 400 });
    expect(lines).toEqual(['one', 'two', 'three']);
  });

  it('gives the last words of a tool that streams when it ends', async () => {
    tools.add('tool', 'echo "Unable to open"; exit 3');
    const stream = { onLine: () => undefined, silenceMsMax: 10_000 };
    expect(await run({ stream })).toMatchObject({ exitCode: 3, stdout: 'Unable to open\n' });
  });

  it('kills a tool that prints too much', async () => {
    tools.add('tool', 'while :; do echo 0123456789012345678901234567890123456789; done');
    expect(await run({ outputBytesMax: 5_000 })).toEqual({
      kind: 'overflowed',
      outputBytesMax: 5_000,
    });
  });

  it('rejects with the reason of the abort, after the kill', async () => {
    tools.add('tool', 'sleep 600');
    const controller = new AbortController();
    const running = run({}, controller.signal);
    controller.abort(new Error('agent stops'));
    await expect(running).rejects.toThrow('agent stops');
    await expect(run({}, controller.signal)).rejects.toThrow('agent stops');
  });

  it('starts no second tool while one cannot be ended', async () => {
    const pidFile = join(tools.directory, 'pid');
    tools.add('tool', `echo $$ >${pidFile}; exec sleep 600`);
    const runner = createCommandRunner({
      environment: tools.environment,
      killGraceMs: 10,
      kill: () => undefined,
    });
    const command = { file: 'tool', args: [], timeoutMs: 300, outputBytesMax: 100 };
    const { signal } = new AbortController();
    expect(await runner.run(command, signal)).toMatchObject({ kind: 'timed-out' });
    expect(await runner.run(command, signal)).toEqual({ kind: 'stuck' });
    process.kill(Number(readFileSync(pidFile, 'utf8')), 'SIGKILL');
    tools.add('tool', 'echo back');
    await vi.waitFor(async () =>
      expect(await runner.run(command, signal)).toMatchObject({ stdout: 'back\n' }),
    );
  });

  it('reads output that is not UTF-8', async () => {
    tools.add('tool', "printf 'name \\351\\n'");
    expect(await run()).toMatchObject({ kind: 'exited', stdout: 'name \uFFFD\n' });
  });

  it('reports a tool that was ended by a signal', async () => {
    tools.add('tool', 'kill -SEGV $$');
    expect(await run()).toEqual({ kind: 'killed', signalName: 'SIGSEGV' });
  });
});

describe('environment of a tool', () => {
  it('has a fixed language and nothing secret', () => {
    const environment = toolEnvironment({
      PATH: '/usr/bin',
      HOME: '/home/agent',
      LD_LIBRARY_PATH: '/opt/cuda',
      AGENT_SECRET: 'secret',
    });
    expect(Object.keys(environment).toSorted()).toEqual(['HOME', 'LC_ALL', 'PATH']);
    expect(environment['PATH']).toMatch(/^\/usr\/bin:\/usr\/lib\/wsl\/lib:/);
  });
});
