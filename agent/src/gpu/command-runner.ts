import { type ChildProcess, spawn } from 'node:child_process';
import { delimiter } from 'node:path';

/** One run of a vendor tool. Arguments go to the program as they are; there is no shell. */
export interface Command {
  file: string;
  args: readonly string[];
  /** Longest run; of a tool that streams, the longest wait for its first line. */
  timeoutMs: number;
  /** Most bytes kept of each stream; of a tool that streams, of one line. More kills the tool. */
  outputBytesMax: number;
  /** For a tool that goes on measuring: what to do with each line instead of keeping it. */
  stream?: LineStream;
}

export interface LineStream {
  onLine(line: string): void;
  /** A tool that is silent for so long counts as timed out. */
  silenceMsMax: number;
}

/** What became of a run. Tools print their errors on either stream, so both are kept. */
export type CommandResult =
  | { kind: 'exited'; exitCode: number; stdout: string; stderr: string }
  /** The program isn't installed, or may not be executed. */
  | { kind: 'missing' }
  | { kind: 'timed-out'; timeoutMs: number }
  /** An earlier run still sits in the kernel after SIGKILL, so no second one was started. */
  | { kind: 'stuck' }
  | { kind: 'overflowed'; outputBytesMax: number }
  | { kind: 'killed'; signalName: string };

export interface CommandRunner {
  /** @throws only the reason of `signal`, once the tool has been killed. */
  run(command: Command, signal: AbortSignal): Promise<CommandResult>;
}

export interface CommandRunnerDeps {
  /** The agent's own environment; only a few names of it reach the tools. */
  environment: Readonly<Record<string, string | undefined>>;
  /** How long a killed tool may take to disappear before it counts as stuck, milliseconds. */
  killGraceMs?: number;
  /** Ends a tool with all it started; replaced only by a test of tools that can't be ended. */
  kill?: (child: ChildProcess) => void;
}

/** Where vendor tools live besides PATH: WSL's driver mount, root's directories and ROCm. */
const extraDirectories = ['/usr/lib/wsl/lib', '/usr/sbin', '/usr/local/sbin', '/opt/rocm/bin'];

/** LD_LIBRARY_PATH is left out on purpose: a foreign libnvidia-ml makes nvidia-smi fail. */
const inheritedNames = ['HOME', 'PATHEXT', 'SystemDrive', 'SystemRoot', 'TEMP', 'TMP', 'windir'];

const killGraceMsDefault = 2_000;

/** Of a tool that streams these are kept, since it says on them why it ended. */
const lastLinesMax = 20;

/** @returns the environment of a vendor tool: no locale surprises, no secrets of the agent. */
export function toolEnvironment(
  environment: CommandRunnerDeps['environment'],
): Record<string, string> {
  const kept = inheritedNames.flatMap((name) => {
    const value = environment[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  const path = environment['PATH'] ?? environment['Path'] ?? '';
  const directories = path.split(delimiter).filter((directory) => directory !== '');
  return {
    ...Object.fromEntries(kept),
    LC_ALL: 'C',
    PATH: [...directories, ...extraDirectories].join(delimiter),
  };
}

export function createCommandRunner(deps: CommandRunnerDeps): CommandRunner {
  const env = toolEnvironment(deps.environment);
  const killGraceMs = deps.killGraceMs ?? killGraceMsDefault;
  const kill = deps.kill ?? killGroup;
  /** Programs with a run that survived SIGKILL. Starting more of them only adds to the pile. */
  const stuck = new Set<string>();
  return {
    async run(command, signal) {
      signal.throwIfAborted();
      if (stuck.has(command.file)) return { kind: 'stuck' };
      const running = startTool(command, { env, killGraceMs, kill, signal });
      try {
        return await running.result;
      } finally {
        if (!running.isGone()) {
          stuck.add(command.file);
          void running.gone.then(() => stuck.delete(command.file));
        }
      }
    },
  };
}

interface RunContext {
  env: Record<string, string>;
  killGraceMs: number;
  kill: (child: ChildProcess) => void;
  signal: AbortSignal;
}

interface RunningTool {
  result: Promise<CommandResult>;
  gone: Promise<void>;
  isGone(): boolean;
}

function startTool(command: Command, context: RunContext): RunningTool {
  const child = spawn(command.file, command.args, {
    env: context.env,
    stdio: ['ignore', 'pipe', 'pipe'],
    // Its own process group, so that killing a wrapper script also kills what it started.
    detached: process.platform !== 'win32',
    windowsHide: true,
  });
  let gone = child.pid === undefined;
  const goneEvent = new Promise<void>((resolve) => {
    const leave = () => {
      gone = true;
      resolve();
    };
    child.once('exit', leave);
    child.once('error', leave);
  });
  const result = new Promise<CommandResult>((resolve, reject) => {
    watchTool(child, command, context, resolve, reject);
  });
  return { result, gone: goneEvent, isGone: () => gone };
}

function watchTool(
  child: ChildProcess,
  command: Command,
  context: RunContext,
  resolve: (result: CommandResult) => void,
  reject: (reason: unknown) => void,
): void {
  let verdict: (() => void) | null = null;
  let graceTimer: NodeJS.Timeout | undefined;
  const settle = (outcome: () => void) => {
    clearTimeout(deadline);
    clearTimeout(graceTimer);
    context.signal.removeEventListener('abort', onAbort);
    child.stdout?.destroy();
    child.stderr?.destroy();
    outcome();
  };
  const stop = (outcome: () => void) => {
    if (verdict !== null) return;
    verdict = outcome;
    context.kill(child);
    // Already gone, and what held its output open has just been killed or has left its group.
    if (child.exitCode !== null || child.signalCode !== null) {
      settle(outcome);
      return;
    }
    // A tool waiting on a dead device ignores even SIGKILL, so the wait for its end is bounded.
    graceTimer = setTimeout(() => settle(outcome), context.killGraceMs);
  };
  const onAbort = () => stop(() => reject(context.signal.reason));
  const expireIn = (timeoutMs: number) =>
    setTimeout(() => stop(() => resolve({ kind: 'timed-out', timeoutMs })), timeoutMs);
  let deadline = expireIn(command.timeoutMs);
  let streaming = false;
  const stillAlive = (silenceMsMax: number) => {
    if (verdict !== null) return;
    if (streaming) {
      deadline.refresh();
      return;
    }
    streaming = true;
    clearTimeout(deadline);
    deadline = expireIn(silenceMsMax);
  };
  context.signal.addEventListener('abort', onAbort, { once: true });
  const overflow = () =>
    stop(() => resolve({ kind: 'overflowed', outputBytesMax: command.outputBytesMax }));
  const { stream } = command;
  const stdout =
    stream === undefined
      ? collect(child.stdout, command.outputBytesMax, overflow)
      : splitLines(child.stdout, command.outputBytesMax, overflow, (line) => {
          stillAlive(stream.silenceMsMax);
          stream.onLine(line);
        });
  const stderr = collect(child.stderr, command.outputBytesMax, overflow);
  child.once('error', () => settle(() => resolve({ kind: 'missing' })));
  child.once('exit', () => {
    if (verdict !== null) settle(verdict);
  });
  child.once('close', (exitCode, signalName) => {
    if (verdict !== null) return;
    settle(() =>
      resolve(
        exitCode === null
          ? { kind: 'killed', signalName: signalName ?? 'unknown' }
          : { kind: 'exited', exitCode, stdout: stdout(), stderr: stderr() },
      ),
    );
  });
}

function collect(
  stream: NodeJS.ReadableStream | null,
  bytesMax: number,
  overflow: () => void,
): () => string {
  const chunks: Buffer[] = [];
  let bytes = 0;
  stream?.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > bytesMax) overflow();
    else chunks.push(chunk);
  });
  // Decoded leniently: a process name in another character set must not cost us the device list.
  return () => new TextDecoder().decode(Buffer.concat(chunks));
}

/** @returns what gives the last lines, on which a tool says why it ended. */
function splitLines(
  stream: NodeJS.ReadableStream | null,
  bytesMax: number,
  overflow: () => void,
  onLine: (line: string) => void,
): () => string {
  const decoder = new TextDecoder();
  const recent: string[] = [];
  let rest = '';
  stream?.on('data', (chunk: Buffer) => {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split(/\r?\n/);
    rest = lines.pop() ?? '';
    for (const line of lines) {
      recent.push(line);
      if (recent.length > lastLinesMax) recent.shift();
      onLine(line);
    }
    if (rest.length > bytesMax) overflow();
  });
  return () => [...recent, rest].join('\n');
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    if (process.platform === 'win32') child.kill('SIGKILL');
    else process.kill(-child.pid, 'SIGKILL');
  } catch {
    // The group ended between the decision and the signal; there is nothing left to kill.
    child.kill('SIGKILL');
  }
}
