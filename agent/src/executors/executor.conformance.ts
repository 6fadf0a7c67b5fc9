import { Buffer } from 'node:buffer';
import { systemIds } from '@node3/shared/ids';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type {
  ExecutionLimits,
  ExecutionOutcome,
  ExecutionRequest,
  Executor,
  LogLine,
  LogOptions,
  ScriptLanguage,
  Workload,
} from './executor.ts';

export interface ExecutorConformance {
  /** True when the machine cannot run this executor; the reason was printed by `mustSkip`. */
  skip: boolean;
  /** Called once before the tests; @returns an image that has sh and the languages below. */
  prepareImage(): Promise<string>;
  languages: readonly ScriptLanguage[];
  /** Whether a memory limit is enforced. */
  memory: 'limited' | 'unlimited';
  /** Given where what a job writes beside its output is on the machine's disk, too. */
  countsHome?: boolean;
  /** Given where the process ids a workload sees are this machine's: then deaths are checked. */
  isAlive?: (pid: number) => Promise<boolean>;
  /** The agent id that `makeExecutor` uses. */
  agentId: string;
}

const mebibyte = 1024 * 1024;
const neverAborted = new AbortController().signal;

interface Started {
  request: ExecutionRequest;
  executor: Executor;
}

/**
 * What every executor must do. `makeExecutor` returns a new instance over the same machine and
 * data each time, which is what a restart of the agent is to an executor.
 */
export function describeExecutor(
  name: string,
  makeExecutor: () => Executor,
  options: ExecutorConformance,
): void {
  describe.skipIf(options.skip)(`${name} executor`, () => {
    let executor: Executor;
    let image = '';
    const made: string[] = [];

    beforeAll(async () => {
      executor = makeExecutor();
      image = await options.prepareImage();
    });
    afterAll(async () => {
      for (const id of made) await executor.remove(id);
      await executor.close();
    });

    const shell = (
      command: string,
      env: Record<string, string> = {},
      stdin?: string,
    ): Workload => ({
      kind: 'container',
      image,
      command: null,
      entrypoint: ['sh', '-c', command],
      workdir: null,
      env,
      stdin: stdin ?? null,
    });
    const build = (
      workload: Workload,
      limits: Partial<ExecutionLimits> = {},
      inputs: ExecutionRequest['inputs'] = [],
    ): ExecutionRequest => ({
      executionId: systemIds.next('execution'),
      jobId: systemIds.next('job'),
      attempt: 1,
      agentId: options.agentId,
      workload,
      inputs,
      limits: {
        cpus: 1,
        memoryBytes: 256 * mebibyte,
        diskBytes: 16 * mebibyte,
        shmBytes: 8 * mebibyte,
        pidsMax: 64,
        runMs: 60_000,
        logBytesMax: mebibyte,
        ...limits,
      },
      network: 'none',
      devices: [],
    });
    const start = async (request: ExecutionRequest): Promise<Started> => {
      made.push(request.executionId);
      await executor.prepare(request, neverAborted, () => {});
      await executor.start(request);
      return { request, executor };
    };
    const finish = async (request: ExecutionRequest): Promise<Finished> => {
      await start(request);
      return await readEnd(executor, request.executionId);
    };
    const firstLine = async (executionId: string, on = executor): Promise<string> => {
      const stop = new AbortController();
      let first = '';
      const sink = (line: LogLine) => {
        first = line.text;
        stop.abort();
      };
      await on.logs(executionId, {}, sink, stop.signal);
      return first;
    };

    it('says that it is available and what is in force', async () => {
      const status = await executor.probe();
      expect(status.problems).toEqual([]);
      expect(status.available).toBe(true);
      expect(status.isolationEffective?.engine).toBeTypeOf('string');
    });

    it('[6.17] reports exit code, times and both output streams apart', async () => {
      const { outcome, text } = await finish(build(shell('echo out; echo err >&2; exit 3')));
      expect(outcome).toMatchObject({ exitCode: 3, reason: 'nonzero_exit', signal: null });
      expect(outcome).toMatchObject({ oomKilled: false, timedOut: false, cancelled: false });
      expect(text).toEqual({ stdout: 'out\n', stderr: 'err\n', system: '' });
      const { startedAtMs, finishedAtMs, runMs } = outcome;
      // An engine notes the start of the shortest jobs after their end.
      expect(runMs).toBe(Math.max(0, (finishedAtMs ?? 0) - (startedAtMs ?? 0)));
      expect(Math.abs(Date.now() - (finishedAtMs ?? 0))).toBeLessThan(30_000);
    });

    it('[6.14] [2.18] [6.23] gives the job its own environment and nothing of the agent', async () => {
      const request = build(
        shell('env; test -d "$INPUT_DIR" && test -w "$OUTPUT_DIR"', { MY: 'a b$c' }),
      );
      const { outcome, text } = await finish(request);
      expect(outcome.exitCode).toBe(0);
      const variables = new Map(text.stdout.split('\n').map((line) => splitOnce(line, '=')));
      expect(variables.get('JOB_ID')).toBe(request.jobId);
      expect(variables.get('MY')).toBe('a b$c');
      expect(variables.get('NVIDIA_VISIBLE_DEVICES')).toBe('void');
      expect(variables.has('VITEST')).toBe(false);
    });

    it('refuses variables that steer devices or the loader', async () => {
      const request = build(shell('true', { NVIDIA_VISIBLE_DEVICES: 'all' }));
      const error: unknown = await start(request).catch((cause: unknown) => cause);
      expect(error).toMatchObject({ name: 'ExecutionError', reason: 'request_invalid' });
    });

    it('[2.18] feeds standard input and closes it', async () => {
      const { text } = await finish(build(shell('cat; echo end', {}, 'line one\nline two\n')));
      expect(text.stdout).toBe('line one\nline two\nend\n');
    });

    it('[6.14] [2.22] places inline inputs where the job can read but not change them', async () => {
      const inputs = [
        { path: 'a.txt', content: Buffer.from('alpha') },
        { path: 'deep/er/b.txt', content: Buffer.from('beta') },
      ];
      const command =
        'cat "$INPUT_DIR/a.txt" "$INPUT_DIR/deep/er/b.txt"; (echo x > "$INPUT_DIR/a.txt") 2>/dev/null && echo changed';
      const { text } = await finish(build(shell(command), {}, inputs));
      expect(text.stdout).toBe('alphabeta\n');
    });

    it('[6.16] refuses an input path that leaves the directory', async () => {
      const inputs = [{ path: '../evil', content: Buffer.from('x') }];
      const error: unknown = await start(build(shell('true'), {}, inputs)).catch((e: unknown) => e);
      expect(error).toMatchObject({ reason: 'request_invalid' });
    });

    it('[6.15] [6.18] takes the structured result from output.json, else from standard output', async () => {
      const file = await finish(
        build(shell('echo \'{"a":1}\' > "$OUTPUT_DIR/output.json"; echo 2')),
      );
      expect(file.outcome).toMatchObject({ reason: 'exited', output: { a: 1 } });
      const printed = await finish(build(shell('echo working; echo \'{"b":[2]}\'')));
      expect(printed.outcome.output).toEqual({ b: [2] });
      const none = await finish(build(shell('echo plain words')));
      expect(none.outcome.output).toBeNull();
    });

    it('does not follow a link in place of output.json', async () => {
      const command = 'cd "$OUTPUT_DIR" && echo 1 > real && ln -s "$OUTPUT_DIR/real" output.json';
      const { outcome } = await finish(build(shell(command)));
      expect(outcome).toMatchObject({ reason: 'exited', output: null });
    });

    const scripts: Record<ScriptLanguage, string> = {
      python:
        'import json, os\nd = json.load(open("/tmp/input.json" if os.path.exists("/tmp/input.json") else os.environ["INPUT_DIR"] + "/input.json"))\nprint(json.dumps({"sum": sum(d["n"])}))',
      javascript:
        'const fs = require("node:fs"); const d = JSON.parse(fs.readFileSync(process.env.INPUT_DIR + "/input.json", "utf8")); console.log(JSON.stringify({ sum: d.n.reduce((a, b) => a + b) }));',
      typescript:
        'import { readFileSync } from "node:fs";\nenum Start { Zero = 0 }\ninterface Input { n: number[] }\nconst d: Input = JSON.parse(readFileSync(`${process.env["INPUT_DIR"]}/input.json`, "utf8"));\nconsole.log(JSON.stringify({ sum: d.n.reduce((a: number, b) => a + b, Start.Zero) }));',
      bash: 'read -r line < "$INPUT_DIR/input.json"; line=${line//[^0-9,]/}; a=(${line//,/ }); echo "{\\"sum\\":$((a[0] + a[1] + a[2]))}"',
    };
    it.each(options.languages.map((language) => ({ language })))(
      '[2.06] [6.06] runs a $language script with its input',
      async ({ language }) => {
        const input = { n: [1, 2, 39] };
        const { outcome, text } = await finish(
          build({ kind: 'script', language, code: scripts[language], image, env: {}, input }),
        );
        expect({ output: outcome.output, stderr: text.stderr }).toEqual({
          output: { sum: 42 },
          stderr: '',
        });
      },
    );

    it('[6.20] ends the whole process tree when the run limit is over', async () => {
      const command = 'trap "" TERM; (trap "" TERM; sleep 300) & echo $!; sleep 300; wait';
      const { outcome, text } = await finish(build(shell(command), { runMs: 1_500 }));
      expect(outcome).toMatchObject({ timedOut: true, reason: 'run_timeout' });
      expect(outcome.runMs).toBeGreaterThanOrEqual(1_400);
      expect(outcome.runMs).toBeLessThan(10_000);
      await expectDead(Number(text.stdout));
    });

    it('[6.21] is dead within two seconds of a cancel, even when it ignores SIGTERM', async () => {
      const { request } = await start(
        build(shell('trap "" TERM; echo $$; while :; do sleep 1; done')),
      );
      const pid = Number(await firstLine(request.executionId));
      const before = performance.now();
      await executor.cancel(request.executionId, 'The requester cancelled.');
      expect(performance.now() - before).toBeLessThan(2_000);
      const outcome = await executor.wait(request.executionId, neverAborted);
      expect(outcome).toMatchObject({ cancelled: true, reason: 'cancelled' });
      expect(outcome.detail).toBe('The requester cancelled.');
      await expectDead(pid);
    });

    async function expectDead(pid: number): Promise<void> {
      expect(pid).toBeGreaterThan(0);
      expect(await options.isAlive?.(pid)).not.toBe(true);
    }

    it.skipIf(options.memory === 'unlimited')('reports a job that ran out of memory', async () => {
      const limits = { memoryBytes: 48 * mebibyte };
      const { outcome } = await finish(build(shell('tail /dev/zero'), limits));
      expect(outcome).toMatchObject({ oomKilled: true, reason: 'out_of_memory' });
    });

    it.skipIf(options.countsHome !== true)('counts what a job writes to TMPDIR', async () => {
      const command = 'while :; do cat /bin/sh /bin/sh /bin/sh /bin/sh >> "$TMPDIR/big"; done';
      const { outcome } = await finish(build(shell(command), { diskBytes: 4 * mebibyte }));
      expect(outcome.reason).toBe('out_of_disk');
    });

    it('[6.10] ends a job that writes more output than its disk limit', async () => {
      const command = 'while :; do cat /bin/sh /bin/sh /bin/sh /bin/sh >> "$OUTPUT_DIR/big"; done';
      const { outcome } = await finish(build(shell(command), { diskBytes: 4 * mebibyte }));
      expect(outcome.reason).toBe('out_of_disk');
    });

    it('[6.29] cuts the log at its limit and says so', async () => {
      const { outcome, lines } = await finish(
        build(shell('seq 1 20000; echo done >&2'), { logBytesMax: 10_000 }),
      );
      expect(outcome.exitCode).toBe(0);
      const last = lines.at(-1);
      expect(last?.stream).toBe('system');
      expect(last?.text).toContain('10000 bytes');
      const delivered = lines.slice(0, -1).reduce((sum, line) => sum + line.text.length + 1, 0);
      expect(delivered).toBeLessThanOrEqual(10_001);
      expect(delivered).toBeGreaterThan(9_900);
    });

    it('delivers long lines in pieces and invalid UTF-8 as replacement characters', async () => {
      const command =
        "i=0; while [ $i -lt 40 ]; do printf '%01000d' 7; i=$((i+1)); done; echo; printf 'a\\377b\\n'";
      const { lines } = await finish(build(shell(command)));
      const pieces = lines.slice(0, -1);
      expect(pieces.map((line) => line.continued)).toEqual([true, true, false]);
      expect(pieces.reduce((sum, line) => sum + line.text.length, 0)).toBe(40_000);
      expect(lines.at(-1)).toMatchObject({ text: 'a\ufffdb', continued: false });
    });

    it('gives a reader that resumes no half of a line, and by bytes none twice', async () => {
      const script = "printf 'one-'; sleep 0.2; printf 'two\\n'; printf 'a\\377b\\nend'";
      const { executionId } = await start(build(shell(script))).then(({ request }) => request);
      const { lines } = await readEnd(executor, executionId);
      expect(lines.map(({ endsAt }) => endsAt)).toEqual([8, 12, 15]);
      const again = async (options: LogOptions) => {
        const found: string[] = [];
        await executor.logs(executionId, options, (l) => void found.push(l.text), neverAborted);
        return found;
      };
      expect(await again({ from: { stdout: 8, stderr: 0 } })).toEqual(['a\ufffdb', 'end']);
      expect(await again({ from: { stdout: 15, stderr: 0 } })).toEqual([]);
      const since = await again({ sinceMs: (lines[0]?.atMs ?? 0) + 1 });
      for (const text of since) expect(['one-two', 'a\ufffdb', 'end']).toContain(text);
    });

    it('[6.19] streams lines while the job runs', async () => {
      const { request } = await start(build(shell('echo first; sleep 60')));
      expect(await firstLine(request.executionId)).toBe('first');
      const [running] = (await executor.list()).filter(
        (o) => o.executionId === request.executionId,
      );
      expect(running).toMatchObject({ state: 'running', jobId: request.jobId, attempt: 1 });
      await vi.waitFor(() => expect(executor.usage(request.executionId)).not.toBeNull(), 5_000);
      await executor.cancel(request.executionId, 'seen enough');
    });

    it('names a command that does not exist', async () => {
      const workload = { ...shell(''), entrypoint: ['/no/such/program'] } as Workload;
      const end = await finish(build(workload)).then(
        ({ outcome }) => outcome.reason,
        (error: { reason?: string }) => error.reason,
      );
      expect(end).toBe('command_not_found');
    });

    it('[6.13] leaves nothing behind after remove', async () => {
      const request = build(shell('sleep 300'));
      await start(request);
      await executor.remove(request.executionId);
      const ids = (await executor.list()).map((owned) => owned.executionId);
      expect(ids).not.toContain(request.executionId);
      expect(await executor.adopt(request.executionId)).toBeNull();
      await executor.remove(request.executionId);
    });

    it('[5.17] adopts a running execution after a restart, its deadline unchanged', async () => {
      const earlier = makeExecutor();
      const request = build(shell('echo begun; sleep 300'), { runMs: 4_000 });
      made.push(request.executionId);
      await earlier.prepare(request, neverAborted, () => {});
      const { startedAtMs } = await earlier.start(request);
      await earlier.close();
      const later = makeExecutor();
      const owned = await later.adopt(request.executionId);
      expect(owned).toMatchObject({ state: 'running', jobId: request.jobId, startedAtMs });
      expect(await firstLine(request.executionId, later)).toBe('begun');
      const outcome = await later.wait(request.executionId, neverAborted);
      expect(outcome).toMatchObject({ reason: 'run_timeout', startedAtMs });
      expect(outcome.runMs).toBeLessThan(8_000);
      await later.remove(request.executionId);
      await later.close();
    });

    it('adopts an execution that ended while nobody watched', async () => {
      const earlier = makeExecutor();
      const request = build(shell('echo \'{"kept":true}\'; exit 4'));
      made.push(request.executionId);
      await earlier.prepare(request, neverAborted, () => {});
      await earlier.start(request);
      await earlier.close();
      const later = makeExecutor();
      await vi.waitFor(
        async () => {
          const found = (await later.list()).find((o) => o.executionId === request.executionId);
          expect(found?.state).toBe('exited');
        },
        { timeout: 20_000, interval: 100 },
      );
      expect(await later.adopt(request.executionId)).toMatchObject({ state: 'exited' });
      const { outcome, text } = await readEnd(later, request.executionId);
      expect(outcome).toMatchObject({ exitCode: 4, output: { kept: true } });
      expect(text.stdout).toBe('{"kept":true}\n');
      await later.remove(request.executionId);
      await later.close();
    });
  });
}

interface Finished {
  outcome: ExecutionOutcome;
  lines: LogLine[];
  text: Record<LogLine['stream'], string>;
}

async function readEnd(executor: Executor, executionId: string): Promise<Finished> {
  const lines: LogLine[] = [];
  const text = { stdout: '', stderr: '', system: '' };
  const sink = (line: LogLine) => {
    lines.push(line);
    text[line.stream] += line.continued ? line.text : `${line.text}\n`;
  };
  const [outcome] = await Promise.all([
    executor.wait(executionId, neverAborted),
    executor.logs(executionId, {}, sink, neverAborted),
  ]);
  return { outcome, lines, text };
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return [text.slice(0, at), text.slice(at + 1)];
}
