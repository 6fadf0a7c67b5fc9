import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '@node3/shared/clock';
import type { Logger } from '@node3/shared/logger';
import { type Loop, startLoop } from '@node3/shared/loop';
import type Docker from 'dockerode';
import type { ExecutionOutcome, ExecutionUsage } from '../executor.ts';
import {
  diskFreeBytesMin as diskFreeBytesMinDefault,
  engineAwayMaxMs,
  engineRetryMs,
  stopGraceMs,
  timeoutGraceMs,
  usageDelayMs,
  usageIntervalMs,
} from '../executor-limits.ts';
import type { StopCause } from '../exit-reason.ts';
import { raceSignal } from '../race-signal.ts';
import type { ContainerFacts } from './container-labels.ts';
import { describeOutcome } from './container-outcome.ts';
import { readDiskFree, sampleUsage, type UsageDeps } from './container-usage.ts';
import { engineStatus, ignoreMissing, systemErrorCode } from './engine-error.ts';
import type { OutputTap } from './output-tap.ts';

export interface SupervisionDeps extends UsageDeps {
  clock: Clock;
  log: Logger;
  /** Free space below which workloads are stopped; left out, 512 MiB. */
  diskFreeBytesMin?: number;
}

/** An engine that takes longer to tell a container's state is away. */
const engineAnswerMs = 30_000;
const waitRoundMs = 5_000;

/**
 * Watches one started container: its deadline, its use of memory and disk, its end. Holds only
 * what can be derived again from the engine, so a later process can take over by the labels.
 */
export class ContainerSupervision {
  readonly facts: ContainerFacts;
  /** When the engine started the workload. */
  readonly startedAtMs: number;
  /** What it writes, live; null where an earlier process started it or the engine has no such thing. */
  readonly output: OutputTap | null;
  readonly #deps: SupervisionDeps;
  readonly #container: Docker.Container;
  readonly #abort = new AbortController();
  readonly #watch: Loop;
  readonly #deadline: NodeJS.Timeout;
  readonly #ended: Promise<void>;
  #stopCause: StopCause | null = null;
  #stopping: Promise<void> | null = null;
  #usage: ExecutionUsage | null = null;
  #engineWasAway = false;
  #outcome: Promise<ExecutionOutcome> | null = null;

  constructor(
    deps: SupervisionDeps,
    facts: ContainerFacts,
    startedAtMs: number,
    output: OutputTap | null = null,
  ) {
    this.#deps = deps;
    this.output = output;
    this.facts = facts;
    this.startedAtMs = startedAtMs;
    this.#container = deps.docker.getContainer(`n3-${facts.boxId}`);
    this.#ended = this.#waitForEnd();
    // A failure is read by outcome(); without a reader it must not end the process.
    this.#ended.catch(() => {});
    const remainingMs = Math.max(0, this.deadlineAtMs - deps.clock.nowMs());
    this.#deadline = setTimeout(() => this.#stopQuietly({ kind: 'run_timeout' }), remainingMs);
    this.#watch = startLoop({
      name: 'container-usage',
      delayMs: usageDelayMs,
      intervalMs: usageIntervalMs,
      log: deps.log,
      run: () => this.#sample(),
    });
    void this.#ended.then(
      () => this.#rest(),
      () => this.#rest(),
    );
  }

  get deadlineAtMs(): number {
    return this.startedAtMs + this.facts.runMs;
  }

  get usage(): ExecutionUsage | null {
    return this.#usage;
  }

  /** Resolves with the result once the container has ended. Computed once, when it can be. */
  async outcome(): Promise<ExecutionOutcome> {
    await this.#ended;
    // An engine that went away while it was read is asked again.
    this.#outcome ??= describeOutcome(this.#deps, this.#container, {
      facts: this.facts,
      startedAtMs: this.startedAtMs,
      stopCause: this.#stopCause,
      usage: this.#usage,
      engineWasAway: this.#engineWasAway,
    }).catch((error: unknown) => {
      this.#outcome = null;
      if (engineStatus(error) === null) this.#engineWasAway = true;
      throw error;
    });
    return this.#outcome;
  }

  /** SIGTERM, grace, SIGKILL; resolves when the container has ended. The first cause stands. */
  stop(cause: StopCause): Promise<void> {
    // A stop that failed (the engine was away) may be tried again.
    this.#stopping ??= this.#stop(cause).catch((error: unknown) => {
      this.#stopping = null;
      throw error;
    });
    return this.#stopping;
  }

  /** Lets go of the container without touching it. */
  async close(): Promise<void> {
    this.#abort.abort(new Error('the executor was closed'));
    clearTimeout(this.#deadline);
    this.output?.close();
    await this.#watch.stop();
  }

  #rest(): void {
    clearTimeout(this.#deadline);
    void this.#watch.stop();
  }

  async #stop(cause: StopCause): Promise<void> {
    if (await this.#hasEnded()) return;
    this.#stopCause = cause;
    const graceMs = cause.kind === 'run_timeout' ? timeoutGraceMs : stopGraceMs;
    if (cause.kind === 'out_of_disk' || cause.kind === 'machine_disk_full') {
      await this.#signal('SIGKILL');
    } else {
      await this.#signal('SIGTERM');
      const grace = new AbortController();
      const timer = sleep(graceMs, undefined, { signal: grace.signal }).catch(() => {});
      await Promise.race([timer, this.#ended]);
      grace.abort();
      if (!(await this.#hasEnded())) await this.#signal('SIGKILL');
    }
    await this.#ended;
  }

  #stopQuietly(cause: StopCause): void {
    this.stop(cause).catch((error: unknown) => {
      if (this.#abort.signal.aborted) return;
      this.#deps.log.error({ err: error, executionId: this.facts.executionId }, 'stop failed');
    });
  }

  async #signal(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    await ignoreMissing(this.#container.kill({ signal }));
  }

  async #hasEnded(): Promise<boolean> {
    const { State } = await this.#container.inspect();
    return !State.Running;
  }

  async #sample(): Promise<void> {
    const { boxId, diskBytes } = this.facts;
    try {
      const nowMs = this.#deps.clock.nowMs();
      this.#usage = await sampleUsage(this.#deps, boxId, diskBytes, this.#usage, nowMs);
    } catch (error) {
      if (engineStatus(error) === 404 || engineStatus(error) === 409) return;
      if (systemErrorCode(error) !== null) this.#engineWasAway = true;
      throw error;
    }
    if ((this.#usage.outputBytes ?? 0) > diskBytes) this.#stopQuietly({ kind: 'out_of_disk' });
    const { diskFreeBytesMin = diskFreeBytesMinDefault } = this.#deps;
    const freeBytes = await readDiskFree(this.#deps, boxId);
    if (freeBytes !== null && freeBytes < diskFreeBytesMin) {
      this.#stopQuietly({ kind: 'machine_disk_full' });
    }
  }

  /**
   * Waits for the end for a short while only: the client never settles a wait that was answered by
   * an engine which then died, so the state is looked up again and again.
   */
  async #waitOneRound(signal: AbortSignal): Promise<void> {
    const round = AbortSignal.any([signal, AbortSignal.timeout(waitRoundMs)]);
    try {
      await raceSignal(this.#container.wait({ abortSignal: round }), round);
    } catch (error) {
      if (!round.aborted || signal.aborted) throw error;
    }
  }

  /** Outlives short absences of the engine: it may be restarted while containers go on. */
  async #waitForEnd(): Promise<void> {
    const { signal } = this.#abort;
    let awaySinceMs: number | null = null;
    while (!signal.aborted) {
      try {
        await this.#waitOneRound(signal);
        const answer = AbortSignal.any([signal, AbortSignal.timeout(engineAnswerMs)]);
        if (await raceSignal(this.#hasEnded(), answer)) return;
        awaySinceMs = null;
      } catch (error) {
        signal.throwIfAborted();
        // A gone container stays gone; every other answer may be that of an engine shutting down.
        if (engineStatus(error) === 404) throw error;
        this.#engineWasAway = true;
        awaySinceMs ??= this.#deps.clock.monotonicMs();
        if (this.#deps.clock.monotonicMs() - awaySinceMs > engineAwayMaxMs) throw error;
        await sleep(engineRetryMs);
      }
    }
    signal.throwIfAborted();
  }
}
