import type { Clock } from '@node3/shared/clock';
import type { Logger } from '@node3/shared/logger';
import { type Loop, startLoop } from '@node3/shared/loop';
import type { ExecutionOutcome, ExecutionUsage } from '../executor.ts';
import { outputJsonBytesMax, usageIntervalMs } from '../executor-limits.ts';
import { classifyExit, type StopCause } from '../exit-reason.ts';
import { readRegularFile } from '../read-regular-file.ts';
import { parseJson, parseStructuredOutput } from '../structured-output.ts';
import { cgroupOf } from './native-cgroup.ts';
import { readStoredStdout } from './native-log.ts';
import {
  executionMarker,
  killRecorded,
  processIdentity,
  readGroupLoad,
  send,
} from './native-process.ts';
import {
  type NativeExit,
  type NativePaths,
  type NativeSpec,
  type NativeState,
  readRecord,
  writeRecord,
} from './native-workspace.ts';

export interface NativeSupervisionDeps {
  clock: Clock;
  log: Logger;
}

const endCheckMs = 100;

/** Watches a native workload through the files its supervisor process writes. */
export class NativeSupervision {
  readonly spec: NativeSpec;
  readonly state: NativeState;
  readonly #deps: NativeSupervisionDeps;
  readonly #paths: NativePaths;
  readonly #ended = Promise.withResolvers<NativeExit>();
  readonly #loop: Loop;
  #exit: NativeExit | null = null;
  #usage: ExecutionUsage | null = null;
  #sampleAtMs = 0;

  constructor(
    deps: NativeSupervisionDeps,
    paths: NativePaths,
    spec: NativeSpec,
    state: NativeState,
  ) {
    this.#deps = deps;
    this.#paths = paths;
    this.spec = spec;
    this.state = state;
    this.#loop = startLoop({
      name: 'native-supervision',
      intervalMs: endCheckMs,
      log: deps.log,
      run: () => this.#look(),
    });
  }

  get usage(): ExecutionUsage | null {
    return this.#usage;
  }

  get hasEnded(): boolean {
    return this.#exit !== null;
  }

  async outcome(): Promise<ExecutionOutcome> {
    const exit = await this.#ended.promise;
    const { startedAtMs } = this.state;
    const runMs = Math.max(0, exit.finishedAtMs - startedAtMs);
    const { reason, signal, detail } = classifyExit({
      exitCode: exit.exitCode,
      oomKilled: exit.oomKilled,
      runMs,
      runLimitMs: this.spec.runMs,
      stopCause: await this.#stopCause(exit),
      engineMessage: exit.error,
    });
    return {
      exitCode: exit.exitCode,
      signal,
      oomKilled: exit.oomKilled,
      timedOut: reason === 'run_timeout',
      cancelled: reason === 'cancelled',
      startedAtMs,
      finishedAtMs: exit.finishedAtMs,
      runMs,
      peakMemoryBytes: this.#usage?.peakMemoryBytes ?? null,
      cpuMs: this.#usage?.cpuMs ?? null,
      output: await this.#readOutput(),
      reason,
      detail,
    };
  }

  /** The supervisor process does the killing, so it works the same when the agent dies now. */
  async cancel(why: string): Promise<void> {
    if (this.#exit !== null) return;
    await writeRecord(this.#paths.cancel, { why });
    send(this.state.supervisorPid, 'SIGTERM');
    await this.#ended.promise;
  }

  async close(): Promise<void> {
    await this.#loop.stop();
  }

  async #stopCause(exit: NativeExit): Promise<StopCause | null> {
    if (exit.cause !== 'cancelled') return exit.cause === null ? null : { kind: exit.cause };
    const record = await readRecord<{ why: string }>(this.#paths.cancel);
    return { kind: 'cancelled', why: record?.why ?? 'The workload was told to stop.' };
  }

  async #look(): Promise<void> {
    const exit = (await readRecord<NativeExit>(this.#paths.exit)) ?? (await this.#readLoss());
    if (exit === null) {
      await this.#sample();
      return;
    }
    this.#exit = exit;
    this.#ended.resolve(exit);
    void this.#loop.stop();
  }

  /** A supervisor that died without a record takes its workload with it, and its exit is unknown. */
  async #readLoss(): Promise<NativeExit | null> {
    const { supervisorPid, supervisorIdentity } = this.state;
    if ((await processIdentity(supervisorPid)) === supervisorIdentity) return null;
    const recorded = await readRecord<NativeExit>(this.#paths.exit);
    if (recorded !== null) return recorded;
    await killRecorded(this.state, executionMarker(this.spec.executionId));
    await cgroupOf(this.spec)?.kill();
    const finishedAtMs = this.#deps.clock.nowMs();
    const error = 'The process that supervised the job is gone, so its end is not known.';
    return { exitCode: null, cause: null, finishedAtMs, oomKilled: false, error };
  }

  async #sample(): Promise<void> {
    const nowMs = this.#deps.clock.monotonicMs();
    if (this.#usage !== null && nowMs - this.#sampleAtMs < usageIntervalMs) return;
    this.#sampleAtMs = nowMs;
    const cgroup = cgroupOf(this.spec);
    const load =
      cgroup === null ? await readGroupLoad(this.state.workloadPid) : await cgroup.readLoad();
    const peaks = [this.#usage?.peakMemoryBytes, load?.memoryBytes];
    const known = peaks.filter((peak): peak is number => typeof peak === 'number');
    this.#usage = {
      sampledAtMs: this.#deps.clock.nowMs(),
      memoryBytes: load?.memoryBytes ?? null,
      peakMemoryBytes: known.length === 0 ? null : Math.max(...known),
      cpuMs: load?.cpuMs ?? this.#usage?.cpuMs ?? null,
      outputBytes: null,
    };
  }

  async #readOutput(): Promise<unknown> {
    const file = await readRegularFile(`${this.#paths.output}/output.json`, outputJsonBytesMax);
    const parsed = file === null ? undefined : parseJson(file.toString('utf8'));
    if (parsed !== undefined) return parsed;
    const stdout = await readStoredStdout(this.#paths.log);
    return stdout === null ? null : parseStructuredOutput(stdout);
  }
}
