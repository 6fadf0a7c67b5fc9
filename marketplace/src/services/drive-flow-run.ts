import { assert } from '@node3/shared/assert';
import { MarketError } from '@node3/shared/error';
import { isTerminalFlowRun } from '@node3/shared/flow-state';
import { limits } from '@node3/shared/limits';
import { beginSteps, endStep, type StepEnd, stopRun } from '../domain/flow-run-change.ts';
import type { FlowChange, FlowFence, FlowRunRow, FlowRunSight } from '../store/flow-store.ts';
import { openFlowSecrets } from './flow-secrets.ts';
import { cancelFlowJob } from './run-flow-job.ts';
import { type FlowStepDeps, runFlowStep } from './run-flow-step.ts';
import { waitUntil } from './wait-until.ts';

/**
 * How driving a run ended. `lost`: another process does it now. `again`: the store could not be
 * written, and it is to be begun anew, as after a crash. `stopped`: this process stops.
 */
export type DriveEnd = 'over' | 'lost' | 'again' | 'stopped';

/**
 * Drives one run from wherever it is to its end: every change of a step is stored, then the steps
 * that it began are done, side by side. At its end nothing of it is under way, here or in a job.
 */
export class FlowDrive {
  readonly #deps: FlowStepDeps;
  readonly #runId: string;
  readonly #fence: FlowFence;
  readonly #outputs = new Map<string, unknown>();
  #outputBytes = 0;
  readonly #flights = new Map<string, Promise<void>>();
  readonly #abort = new AbortController();
  readonly #end = Promise.withResolvers<DriveEnd>();
  #run: FlowRunRow | null = null;
  #secrets: Record<string, string> = {};
  #underWay = new Set<string>();

  constructor(deps: FlowStepDeps, runId: string, fence: FlowFence) {
    this.#deps = deps;
    this.#runId = runId;
    this.#fence = fence;
  }

  /** The run has ended in the store, or driving it has to end for another reason. */
  finish(end: DriveEnd): void {
    this.#end.resolve(end);
    this.#abort.abort(new Error(`driving a run ended: ${end}`));
  }

  async run(): Promise<DriveEnd> {
    try {
      const isOpen = await this.#open();
      if (isOpen) await this.#change((sight) => beginSteps(sight, this.#deps.clock.nowMs()));
      else this.finish('over');
    } catch (error) {
      this.#fail(error);
    }
    const end = await this.#end.promise;
    // Those that post a job have posted it by then, or never will.
    await Promise.all(this.#flights.values());
    if (end === 'again' || end === 'stopped') return end;
    // Also of a run that is another process's now: what was posted here in between, only we know of.
    try {
      return await this.#cleanUp();
    } catch (error) {
      this.#warn(error);
      return 'again';
    }
  }

  /** Reads the run. @returns whether there is anything left to do in it. */
  async #open(): Promise<boolean> {
    const found = await this.#deps.store.flowRun(this.#runId);
    if (found === null) return false;
    const { run, steps } = found;
    this.#run = run;
    if (isTerminalFlowRun(run.state)) return false;
    this.#secrets = openFlowSecrets(this.#deps.sealer, run.runId, run.sealed);
    for (const { nodeId, state, output } of steps) {
      if (state === 'completed') this.#keep(nodeId, output);
      if (state === 'running') this.#underWay.add(nodeId);
    }
    this.#begin('', this.#watchTime(run));
    return true;
  }

  #keep(nodeId: string, output: unknown): void {
    this.#outputs.set(nodeId, output);
    this.#outputBytes += Buffer.byteLength(JSON.stringify(output ?? null));
  }

  async #watchTime({ createdAtMs, timeoutSec }: FlowRunRow): Promise<void> {
    const { clock } = this.#deps;
    await waitUntil(clock, createdAtMs + timeoutSec * 1_000, this.#abort.signal);
    const elapsedSec = Math.round(clock.nowMs() - createdAtMs) / 1_000;
    const message = `The run took longer than ${timeoutSec} s.`;
    const error = { code: 'RUN_TIMEOUT', message, timeoutSec, elapsedSec };
    await this.#change((sight) => stopRun(sight, 'timeout', error, clock.nowMs()));
  }

  /** What is begun here is waited for before the run is left. */
  #begin(name: string, flight: Promise<void>): void {
    this.#flights.set(
      name,
      flight.catch((error: unknown) => this.#fail(error)),
    );
  }

  /** Stores a change, and does what it began. */
  async #change(decide: (sight: FlowRunSight) => FlowChange | null): Promise<void> {
    const sight = await this.#deps.store.changeFlowRun(this.#runId, this.#fence, decide);
    if (sight === null) {
      this.finish('lost');
      return;
    }
    if (isTerminalFlowRun(sight.run.state)) {
      this.finish('over');
      return;
    }
    // Whoever drives it next begins them.
    if (this.#abort.signal.aborted) return;
    for (const { nodeId, state, startedAtMs } of sight.steps) {
      if (state !== 'running' || this.#flights.has(nodeId)) continue;
      this.#begin(nodeId, this.#fly(nodeId, startedAtMs ?? this.#deps.clock.nowMs()));
    }
  }

  async #fly(nodeId: string, startedAtMs: number): Promise<void> {
    const run = this.#run;
    const node = run?.graph.nodes.find(({ id }) => id === nodeId);
    assert(run !== null && node !== undefined, `${nodeId} is a step of the run`);
    const end = await runFlowStep(this.#deps, {
      run,
      node,
      values: { input: run.input, steps: this.#outputs },
      secrets: this.#secrets,
      startedAtMs,
      resumed: this.#underWay.has(nodeId),
      signal: this.#abort.signal,
      noteJob: (jobId, input) => this.#noteJob(nodeId, jobId, input),
    });
    const kept = this.#keepEnd(nodeId, end);
    await this.#change((sight) => endStep(sight, nodeId, kept, this.#deps.clock.nowMs()));
  }

  #keepEnd(nodeId: string, end: StepEnd): StepEnd {
    if ('error' in end) return end;
    this.#keep(nodeId, end.output);
    const max = limits.flowOutputBytesPerRun;
    if (this.#outputBytes <= max) return end;
    const detail = `The outputs of the run have ${this.#outputBytes} bytes; ${max} is the most.`;
    const { code, message } = new MarketError('STEP_OUTPUT_TOO_LARGE', { detail });
    return { error: { code, message }, input: end.input };
  }

  async #noteJob(nodeId: string, jobId: string, input: unknown): Promise<void> {
    await this.#change(({ steps }) => {
      const step = steps.find((one) => one.nodeId === nodeId);
      if (step?.state !== 'running' || step.jobId === jobId) return null;
      return { steps: [{ nodeId, jobId, input }], events: [] };
    });
  }

  /** Cancels what a step has posted and nobody waits for any more, then closes the run. */
  async #cleanUp(): Promise<DriveEnd> {
    const found = await this.#deps.store.flowRun(this.#runId);
    if (found === null) return 'over';
    const { run, steps } = found;
    const jobs = new Set(run.graph.nodes.flatMap(({ id, type }) => (type === 'job' ? [id] : [])));
    const left = steps.filter(({ nodeId, state }) => state === 'error' && jobs.has(nodeId));
    await Promise.all(left.map(({ nodeId }) => cancelFlowJob(this.#deps, run, nodeId)));
    const isOurs = await this.#deps.store.closeFlowRun(this.#runId, this.#fence);
    return isOurs ? 'over' : 'lost';
  }

  #fail(error: unknown): void {
    if (this.#abort.signal.aborted) return;
    this.#warn(error);
    this.finish('again');
  }

  #warn(error: unknown): void {
    this.#deps.log.warn({ err: error, runId: this.#runId }, 'a run could not go on');
  }
}
