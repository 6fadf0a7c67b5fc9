import type { Clock } from '@node3/shared/clock';
import type { BodyOf } from '@node3/shared/contract';
import { isMarketError } from '@node3/shared/error';
import type { ExecutionPhase } from '@node3/shared/execution-state';
import type { ImagePull } from '@node3/shared/image-pull';
import { limits } from '@node3/shared/limits';
import type { Logger } from '@node3/shared/logger';
import { releaseExecution, reportProgress } from '@node3/shared/routes/agents';
import type { Tracer } from '@node3/shared/tracing';
import { agentLimits } from '../agent-limits.ts';
import type { Closing, Earning, Journal, JournalExecution } from '../journal/journal.ts';
import type { AgentMeasures } from '../observability/agent-measures.ts';
import { AckedLines } from './acked-lines.ts';
import { type ShipState, shipLogs } from './log-shipper.ts';
import type { MarketplaceLink } from './marketplace-link.ts';
import { type PacedLoop, startPacedLoop } from './pace.ts';
import { deliverResult, isFinalAnswer } from './report-result.ts';

export interface OutboxDeps {
  link: MarketplaceLink;
  journal: Journal;
  clock: Clock;
  log: Logger;
  random: () => number;
  measures: Pick<AgentMeasures, 'earned'>;
  tracer: Tracer | null;
  /** The marketplace said, in passing, that a live execution must stop. */
  onStop(executionId: string, cause: 'requester' | 'superseded'): void;
  /** Nothing more will be sent about this execution. */
  onClosed(executionId: string, closing: Closing): void;
}

interface Pump extends ShipState {
  /** Null for the moment in which the loop is made, since its first turn begins at once. */
  loop: PacedLoop | null;
  phaseReported: ExecutionPhase | null;
  /** News that is not sent yet; a restart forgets it, and pulls anew. */
  imagePull: ImagePull | null;
  /** False once the marketplace has refused such news, as older ones do. */
  takesImagePulls: boolean;
  /** Until when a finished execution's logs go before its result; monotonic milliseconds. */
  drainUntilMs: number | null;
}

/** Longest rest of a pump that has nothing to send; news wakes it. */
const idleMs = 60_000;

/**
 * Tells the marketplace what happened: phases, log lines and results, in that order for each
 * execution. Everything is read from the journal, so a restart or an outage of any length only
 * delays it, and it ends with the marketplace's definite answer alone.
 */
export class Outbox {
  readonly #deps: OutboxDeps;
  readonly #pumps = new Map<string, Pump>();
  #waiters: (() => void)[] = [];

  constructor(deps: OutboxDeps) {
    this.#deps = deps;
  }

  /** There is news about an execution. */
  wake(executionId: string): void {
    const pump = this.#pumps.get(executionId);
    if (pump === undefined) this.#open(executionId);
    else pump.loop?.wake();
  }

  /** The image of an execution has come so far; of two that wait, the later one is sent. */
  noteImagePull(executionId: string, imagePull: ImagePull): void {
    const pump = this.#pumps.get(executionId);
    // Nothing is owed about an execution without a pump.
    if (pump === undefined || !pump.takesImagePulls) return;
    pump.imagePull = imagePull;
    pump.loop?.wake();
  }

  /** The marketplace answers again: back-offs end early. */
  retryAll(): void {
    for (const pump of this.#pumps.values()) pump.loop?.retry();
  }

  /** Executions whose last word is not delivered yet. */
  get size(): number {
    return this.#pumps.size;
  }

  /** Resolves when the marketplace has answered everything there was to say. */
  async drained(): Promise<void> {
    if (this.#pumps.size === 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiters.push(resolve);
    await promise;
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#pumps.values()].map(async (pump) => pump.loop?.stop()));
  }

  #open(executionId: string): void {
    const { log, random } = this.#deps;
    const acked = new AckedLines(executionId, this.#deps);
    const linesMax = limits.logLinesPerBatch;
    const pump: Pump = {
      loop: null,
      phaseReported: null,
      acked,
      linesMax,
      refusesBlocks: false,
      imagePull: null,
      takesImagePulls: true,
      drainUntilMs: null,
    };
    this.#pumps.set(executionId, pump);
    pump.loop = startPacedLoop({
      name: 'outbox',
      log,
      random,
      run: (signal) => this.#turn(executionId, signal),
      onFailure: () => {
        pump.drainUntilMs = null;
      },
    });
    // Its first turn may have found that there is nothing to say at all.
    if (this.#pumps.get(executionId) !== pump) void pump.loop.stop();
  }

  async #turn(executionId: string, signal: AbortSignal): Promise<number> {
    const pump = this.#pumps.get(executionId);
    const execution = this.#deps.journal.find(executionId);
    if (pump === undefined) return idleMs;
    if (execution === null || execution.closed !== null) {
      // Nobody asks for these lines any more; only the dashboard's tail is kept.
      if (execution !== null) {
        const { spooled } = execution.lines;
        this.#deps.journal.ackLines(executionId, spooled, agentLimits.logTailLines);
      }
      this.#retire(executionId, pump);
      return idleMs;
    }
    if (execution.pending === 'release') {
      this.#close(executionId, await this.#release(execution, signal));
      return 0;
    }
    if (execution.phase === 'offered') return idleMs;
    if (execution.pending === null) await this.#reportPhase(pump, execution, signal);
    const shipped = await shipLogs(this.#deps, executionId, pump, signal);
    if (shipped === 'refused' && execution.pending === null) {
      this.#deps.onStop(executionId, 'superseded');
    }
    if (execution.pending === 'result' && (shipped !== 'more' || this.#drainIsOver(pump))) {
      const { result } = execution;
      if (result !== null) {
        const delivered = await deliverResult(this.#deps, execution, result, signal);
        this.#close(executionId, delivered.closing, delivered.earnings);
      }
      return 0;
    }
    if (shipped === 'more') return 0;
    return Math.min(idleMs, pump.acked.saveWhenDue() ?? idleMs);
  }

  #drainIsOver(pump: Pump): boolean {
    const nowMs = this.#deps.clock.monotonicMs();
    pump.drainUntilMs ??= nowMs + agentLimits.logDrainMs;
    return nowMs >= pump.drainUntilMs;
  }

  async #release(execution: JournalExecution, signal: AbortSignal): Promise<Closing> {
    const { executionId, attempt, leaseToken } = execution;
    const args = { params: { executionId }, body: { attempt, leaseToken } };
    try {
      await this.#deps.link.call(releaseExecution, args, { signal });
      return 'released';
    } catch (error) {
      if (isFinalAnswer(error)) return 'superseded';
      throw error;
    }
  }

  async #reportPhase(pump: Pump, execution: JournalExecution, signal: AbortSignal): Promise<void> {
    const phase = wirePhase(execution);
    if (phase === null) return;
    if (phase !== pump.phaseReported) {
      const { isolation, imageDigest } = execution;
      await this.#report(execution, signal, {
        phase,
        ...(isolation === null ? {} : { isolation }),
        ...(imageDigest === null ? {} : { imageDigest }),
      });
      pump.phaseReported = phase;
    }
    const { imagePull } = pump;
    if (imagePull === null) return;
    // By itself: a marketplace that doesn't know it refuses it, and has heard of the phase.
    pump.imagePull = null;
    pump.takesImagePulls = await this.#report(execution, signal, { phase, imagePull });
  }

  /** @returns whether it was taken. */
  async #report(
    { executionId, attempt, leaseToken }: JournalExecution,
    signal: AbortSignal,
    progress: Omit<BodyOf<typeof reportProgress>, 'attempt' | 'leaseToken'>,
  ): Promise<boolean> {
    const args = { params: { executionId }, body: { attempt, leaseToken, ...progress } };
    try {
      const { verdict } = await this.#deps.link.call(reportProgress, args, { signal });
      if (verdict === 'cancel') this.#deps.onStop(executionId, 'requester');
      return true;
    } catch (error) {
      // A phase is news, not a promise: only what a retry can mend is worth one.
      if (!isMarketError(error) || error.status >= 500 || error.status === 429) throw error;
      const { phase } = progress;
      this.#deps.log.warn({ err: error, executionId, phase }, 'phase report was refused');
      if (isFinalAnswer(error)) this.#deps.onStop(executionId, 'superseded');
      return false;
    }
  }

  #close(executionId: string, closing: Closing, earnings: readonly Earning[] = []): void {
    const { clock, journal } = this.#deps;
    journal.recordClosed(executionId, closing, clock.nowMs(), earnings);
    this.#deps.onClosed(executionId, closing);
  }

  #retire(executionId: string, pump: Pump): void {
    this.#pumps.delete(executionId);
    // The loop is ending its last turn right here, so waiting for it would never end.
    void pump.loop?.stop();
    if (this.#pumps.size > 0) return;
    for (const resolve of this.#waiters.splice(0)) resolve();
  }
}

function wirePhase(execution: JournalExecution): ExecutionPhase | null {
  if (execution.phase === 'running') return 'running';
  return execution.phase === 'preparing' || execution.phase === 'starting' ? 'preparing' : null;
}
