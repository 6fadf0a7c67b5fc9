import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { rmdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { assert } from '@node3/shared/assert';
import type { Clock } from '@node3/shared/clock';
import type { Logger } from '@node3/shared/logger';
import { deliverLines } from '../deliver-lines.ts';
import { ExecutionError } from '../execution-error.ts';
import type {
  ExecutionOutcome,
  ExecutionRequest,
  ExecutionUsage,
  Executor,
  ExecutorStatus,
  LogLine,
  LogOptions,
  OwnedExecution,
  PreparedImage,
  PrepareProgress,
  StartedExecution,
} from '../executor.ts';
import { collectJobFiles } from '../job-files.ts';
import { raceSignal } from '../race-signal.ts';
import { type SecretFiles, writeSecrets } from '../secret-files.ts';
import { cgroupOf } from './native-cgroup.ts';
import { nativeCommand } from './native-command.ts';
import { findNativeTools, type NativeTools } from './native-jail.ts';
import { followFrames } from './native-log.ts';
import { probeNative } from './native-probe.ts';
import { executionMarker, killRecorded, processIdentity, send } from './native-process.ts';
import { buildNativeSpec } from './native-spec.ts';
import { NativeSupervision } from './native-supervision.ts';
import { chooseNativeUser, NativeUsers } from './native-users.ts';
import {
  createWorkspace,
  deleteWorkspace,
  listWorkspaces,
  type NativeExit,
  type NativeSpec,
  type NativeState,
  type NativeUser,
  nativePaths,
  readRecord,
} from './native-workspace.ts';

export interface NativeExecutorDeps {
  /** The provider's half of the double opt-in; the job's half is checked when it is matched. */
  policy: { allowNative: true };
  agentId: string;
  /** A directory of the agent's own; each execution gets one below it. */
  workspaceRoot: string;
  clock: Clock;
  log: Logger;
  /** Who runs the workload; left out: one of its own when the agent is root, else the agent's own user. */
  user?: NativeUser;
  /** Where secrets of jobs lie; left out, jobs with secrets are refused. */
  secretFiles?: SecretFiles | null;
  /** What holds jobs here; left out, what is found. */
  tools?: NativeTools;
}

const supervisorFile = fileURLToPath(new URL('./native-supervisor.ts', import.meta.url));
const supervisorStartMs = 10_000;

/**
 * Runs workloads as processes of this machine, for GPUs that no container can reach: with
 * bubblewrap and control groups where the machine has them, else as a plain process group that
 * sees the provider's file system and network. What is in force is reported, and the level is
 * `native` either way. Never a fallback for another executor.
 */
export class NativeExecutor implements Executor {
  readonly name = 'native';
  readonly isolation = 'native';
  readonly #deps: NativeExecutorDeps;
  /** Who tools are tried out as; jobs of an agent that is root get one of their own each. */
  readonly #user: NativeUser | null;
  readonly #users: NativeUsers;
  readonly #supervisions = new Map<string, NativeSupervision>();
  #tools: NativeTools | Promise<NativeTools> | null = null;

  constructor(deps: NativeExecutorDeps) {
    assert(deps.policy.allowNative, 'native execution is switched on by the provider');
    this.#deps = deps;
    this.#user = chooseNativeUser(deps.user);
    this.#users = new NativeUsers(deps.workspaceRoot);
  }

  async probe(): Promise<ExecutorStatus> {
    return await probeNative(this.#deps.workspaceRoot, this.#user, await this.#findTools());
  }

  async prepare(
    request: ExecutionRequest,
    signal: AbortSignal,
    onProgress: (progress: PrepareProgress) => void,
  ): Promise<PreparedImage> {
    signal.throwIfAborted();
    nativeCommand(request, this.#paths(request.executionId).code);
    onProgress({ phase: 'ready' });
    return { imageId: null, imageDigest: null, sizeBytes: null, pulled: false };
  }

  async start(request: ExecutionRequest): Promise<StartedExecution> {
    const { executionId, workload, limits } = request;
    assert(!this.#supervisions.has(executionId), 'an execution is started once');
    const paths = this.#paths(executionId);
    const { secretFiles } = this.#deps;
    const files = collectJobFiles(request);
    try {
      const tools = await this.#findTools();
      const stdin = workload.kind === 'container' ? workload.stdin : null;
      const user = await this.#takeUser(executionId);
      const secrets = await writeSecrets(secretFiles ?? null, request, user);
      const spec = buildNativeSpec(request, paths, user, { tools, secrets });
      await createWorkspace(paths, spec, files, stdin);
      await this.#launch(executionId);
      const state = await readRecord<NativeState>(paths.state);
      if (state === null) {
        const exit = await readRecord<NativeExit>(paths.exit);
        if (exit === null) {
          throw new ExecutionError('engine_error', 'The job’s supervisor ended before its start.');
        }
        throw new ExecutionError('command_not_found', exit.error ?? 'The command did not start.');
      }
      this.#supervisions.set(executionId, new NativeSupervision(this.#deps, paths, spec, state));
      const { startedAtMs } = state;
      return { executionId, startedAtMs, deadlineAtMs: startedAtMs + limits.runMs };
    } catch (error) {
      await this.remove(executionId);
      if (error instanceof ExecutionError) throw error;
      throw new ExecutionError('engine_error', String(error), { cause: error });
    }
  }

  async wait(executionId: string, signal: AbortSignal): Promise<ExecutionOutcome> {
    return await raceSignal(this.#require(executionId).outcome(), signal);
  }

  async cancel(executionId: string, why: string): Promise<void> {
    await this.#supervisions.get(executionId)?.cancel(why);
  }

  async logs(
    executionId: string,
    { from, sinceMs, takesBlock = () => false }: LogOptions,
    sink: (line: LogLine) => void | Promise<void>,
    signal: AbortSignal,
  ): Promise<void> {
    const supervision = this.#require(executionId);
    const file = this.#paths(executionId).log;
    const frames = followFrames(file, () => supervision.hasEnded, signal);
    // From the beginning: a frame may begin within a line, of which a part alone means nothing.
    const bytesMax = supervision.spec.logBytesMax;
    const numbered = sinceMs === undefined ? { from: from ?? { stdout: 0, stderr: 0 } } : {};
    await deliverLines(frames, { bytesMax, takesBlock, ...numbered }, sink);
  }

  async remove(executionId: string): Promise<void> {
    const paths = this.#paths(executionId);
    await this.#supervisions.get(executionId)?.close();
    this.#supervisions.delete(executionId);
    const state = await readRecord<NativeState>(paths.state);
    if (state !== null) {
      if ((await processIdentity(state.supervisorPid)) === state.supervisorIdentity) {
        send(state.supervisorPid, 'SIGKILL');
      }
      if ((await readRecord<NativeExit>(paths.exit)) === null) {
        await killRecorded(state, executionMarker(executionId));
      }
    }
    const spec = await readRecord<NativeSpec>(paths.spec);
    await (spec === null ? null : cgroupOf(spec))?.remove();
    await this.#users.release(executionId, spec?.user ?? null);
    await deleteWorkspace(paths);
    await this.#deps.secretFiles?.remove(executionId);
  }

  async outputFolder(executionId: string): Promise<string | null> {
    const { output } = this.#paths(executionId);
    return existsSync(output) ? output : null;
  }

  async list(): Promise<OwnedExecution[]> {
    const ids = await listWorkspaces(this.#deps.workspaceRoot);
    const owned = await Promise.all(ids.map((id) => this.#readOwned(id)));
    return owned.flatMap((each) => (each === null ? [] : [each.owned]));
  }

  async adopt(executionId: string): Promise<OwnedExecution | null> {
    const found = await this.#readOwned(executionId);
    if (found === null) return null;
    const { owned, spec, state } = found;
    if (state !== null && !this.#supervisions.has(executionId)) {
      const paths = this.#paths(executionId);
      this.#supervisions.set(executionId, new NativeSupervision(this.#deps, paths, spec, state));
    }
    return owned;
  }

  usage(executionId: string): ExecutionUsage | null {
    return this.#supervisions.get(executionId)?.usage ?? null;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#supervisions.values()].map((each) => each.close()));
    this.#supervisions.clear();
    // Stays while an execution is in it.
    await rmdir(this.#deps.workspaceRoot).catch(() => undefined);
  }

  /** Resolves when the supervisor has started the workload or recorded that it could not. */
  async #launch(executionId: string): Promise<void> {
    const child = fork(supervisorFile, [this.#deps.workspaceRoot, executionId], {
      detached: true,
      execArgv: [],
      env: {},
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    const signal = AbortSignal.timeout(supervisorStartMs);
    const [message]: unknown[] = await Promise.race([
      once(child, 'message', { signal }),
      once(child, 'exit', { signal }),
    ]);
    const started = typeof message === 'object' && message !== null && 'started' in message;
    if (started && message.started === false && child.exitCode === null) {
      await once(child, 'exit', { signal });
    }
    if (child.connected) child.disconnect();
    child.unref();
  }

  async #readOwned(executionId: string) {
    const paths = this.#paths(executionId);
    const spec = await readRecord<NativeSpec>(paths.spec);
    if (spec === null || spec.agentId !== this.#deps.agentId) return null;
    const state = await readRecord<NativeState>(paths.state);
    const exit = await readRecord<NativeExit>(paths.exit);
    const { jobId, attempt } = spec;
    const startedAtMs = state?.startedAtMs ?? null;
    const running = state !== null && exit === null;
    const ended = exit === null ? 'created' : 'exited';
    const owned: OwnedExecution = {
      executionId,
      jobId,
      attempt,
      state: running ? 'running' : ended,
      startedAtMs,
    };
    return { owned, spec, state };
  }

  async #takeUser(executionId: string): Promise<NativeUser | null> {
    if (this.#deps.user !== undefined || this.#user === null) return this.#user;
    const user = await this.#users.take(executionId);
    if (user !== null) return user;
    throw new ExecutionError('engine_error', 'All users for native jobs are taken.');
  }

  #findTools(): Promise<NativeTools> {
    this.#tools ??= this.#deps.tools ?? findNativeTools(this.#user);
    return Promise.resolve(this.#tools);
  }

  #paths(executionId: string) {
    return nativePaths(this.#deps.workspaceRoot, executionId);
  }

  #require(executionId: string): NativeSupervision {
    const supervision = this.#supervisions.get(executionId);
    assert(supervision !== undefined, 'the execution was started or adopted here');
    return supervision;
  }
}
