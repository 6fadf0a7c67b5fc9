import { MarketError } from '@node3/shared/error';
import { limits } from '@node3/shared/limits';
import type { Logger } from '@node3/shared/logger';
import { type Loop, startLoop } from '@node3/shared/loop';
import { type DriveEnd, FlowDrive } from '../services/drive-flow-run.ts';
import type { FlowStepDeps } from '../services/run-flow-step.ts';

export interface FlowRunnerDeps extends FlowStepDeps {
  log: Logger;
  /** What this process is called among the replicas; null where it is alone. */
  replicaId: string | null;
  /** Driven at once; `limits.flowRunsDriven` where it is absent. */
  runsMax?: number;
}

/** How often runs are looked for whose process died: one look at an index. */
const lookMs = 15_000;
/** Taken over at a time. */
const takenMax = 100;
/** After trouble with the store, until a run is begun anew; twice as long after each time, up to the most. */
const againMs = { first: 1_000, most: 60_000 };
const retryAfterSec = 5;

/**
 * Drives the runs that this process has started or taken over. A run belongs to one process at a time;
 * when that dies, another one goes on, or the same after its start. A run that waits costs nothing
 * but its timer.
 */
export class FlowRunner {
  readonly owner: string;
  readonly #deps: FlowRunnerDeps;
  readonly #runsMax: number;
  readonly #drives = new Map<string, { drive: FlowDrive; token: number; done: Promise<void> }>();
  readonly #again = new Set<NodeJS.Timeout>();
  #leave = () => {};
  #isStopping = false;

  constructor(deps: FlowRunnerDeps) {
    this.#deps = deps;
    this.#runsMax = deps.runsMax ?? limits.flowRunsDriven;
    this.owner = deps.replicaId ?? deps.ids.secret(12);
  }

  /** Takes over what others left, now and then. */
  start(): Loop {
    const { feed, log } = this.#deps;
    this.#leave = feed.subscribe(({ name, data }) => {
      if (name === 'flow-run.ended') this.#drives.get(String(data['runId']))?.drive.finish('over');
    });
    const loop = startLoop({
      name: 'flow-runner',
      intervalMs: lookMs,
      log,
      run: (signal) => this.#takeOver(signal),
    });
    return {
      wake: () => loop.wake(),
      stop: async () => {
        this.#isStopping = true;
        await loop.stop();
        await this.#stop();
      },
    };
  }

  /** Throws RATE_LIMITED while this process drives as many runs as it has memory for. */
  assertRoom(): void {
    if (this.#drives.size < this.#runsMax) return;
    const detail = 'The marketplace drives as many runs as it can; try again in a moment.';
    throw new MarketError('RATE_LIMITED', { detail, retryAfterSec });
  }

  /** Begins to drive a run that was stored for this process. */
  drive(runId: string, token: number, failures = 0): void {
    if (this.#isStopping) return;
    const before = this.#drives.get(runId);
    if (before !== undefined) {
      if (token > before.token) this.#driveAfter(before, runId, token);
      return;
    }
    const drive = new FlowDrive(this.#deps, runId, { owner: this.owner, token });
    const done = drive.run().then((end) => this.#ended(runId, token, end, failures));
    this.#drives.set(runId, { drive, token, done });
  }

  /** The run was elsewhere meanwhile, which nobody has told the drive that waits here. */
  #driveAfter(before: { drive: FlowDrive; done: Promise<void> }, runId: string, token: number) {
    before.drive.finish('lost');
    void before.done.then(() => this.drive(runId, token));
  }

  #ended(runId: string, token: number, end: DriveEnd, failures: number): void {
    this.#drives.delete(runId);
    if (end !== 'again' || this.#isStopping) return;
    const waitMs = Math.min(againMs.most, againMs.first * 2 ** failures);
    const timer = setTimeout(() => {
      this.#again.delete(timer);
      this.drive(runId, token, failures + 1);
    }, waitMs);
    this.#again.add(timer);
  }

  async #takeOver(signal: AbortSignal): Promise<void> {
    const { store, clock, log } = this.#deps;
    while (!signal.aborted) {
      // What there is no room for waits for another process, or for a run here to end.
      const room = Math.min(takenMax, this.#runsMax - this.#drives.size);
      if (room <= 0) return;
      const taken = await store.takeFlowRuns(this.owner, clock.nowMs(), room);
      for (const { runId, token } of taken) this.drive(runId, token);
      if (taken.length > 0) log.info({ runs: taken.length }, 'runs of flows taken over');
      if (taken.length < room) return;
    }
  }

  /** Leaves every run where it is: it goes on after the next start, or elsewhere. */
  async #stop(): Promise<void> {
    this.#leave();
    for (const timer of this.#again) clearTimeout(timer);
    for (const { drive } of this.#drives.values()) drive.finish('stopped');
    await Promise.all([...this.#drives.values()].map(({ done }) => done));
  }
}
