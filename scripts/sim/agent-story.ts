import { emptyResult } from '@node3/agent/execution/execution-result';
import { type Instant, instantOf } from '@node3/agent/host-clock';
import type { SeededRandom } from '@node3/marketplace/testing/seeded-random';
import type { AnswerOf, AskOf } from '@node3/marketplace/testing/sim/operations';
import type { Owner } from '@node3/marketplace/testing/sim/owner';
import type { ExecutionOffer, ExecutionResult } from '@node3/shared/routes/agents';
import type { AgentMachine } from './agent-machine.ts';
import { isDefinite, workOf } from './agent-work.ts';

export type StopCause = 'requester' | 'superseded' | 'lease-expired';

/** What others may do to a story. */
export interface Story {
  cause: StopCause | null;
  stop(): void;
}

interface StoryDeps {
  machine: AgentMachine;
  random: SeededRandom;
  /** Chance that the engine fails to start a workload. */
  engineFailure: number;
  story: Story;
  stopped: Promise<void>;
  owner: Owner;
  isLive: () => boolean;
  renew: (sentAt: Instant, leaseMs: number) => void;
  accept: (ask: AskOf<'accept'>) => Promise<AnswerOf<'accept'>>;
  pause: (ms: number) => Promise<void>;
  /** The journal says something new. */
  onNews: () => void;
}

const acceptRetryMs = 500;

/** Accept, prepare, run, end: what the agent does about one execution. */
export class AgentStory {
  readonly #deps: StoryDeps;

  constructor(deps: StoryDeps) {
    this.#deps = deps;
  }

  /** The one story of an execution; its end is in the journal when this resolves. */
  async tell(
    offer: ExecutionOffer,
    from: 'offer' | 'prepare' | 'find',
    offeredAt: Instant | null,
  ): Promise<void> {
    const { machine, random, engineFailure, story, stopped, pause, isLive, onNews } = this.#deps;
    const { journal } = machine;
    const { executionId } = offer;
    const work = workOf(offer);
    if (from === 'offer' && offeredAt !== null) {
      const answer = await this.#accept(offer, offeredAt);
      if (answer === 'refused') return journal.recordClosed(executionId, 'superseded');
      if (answer === 'unknown') return journal.recordRelease(executionId);
    }
    if (from === 'find') {
      if (!machine.has(executionId)) {
        const started = journal.find(executionId)?.phase === 'running';
        return this.#conclude(executionId, { reason: 'agent_restarted', started });
      }
    } else {
      journal.change(executionId, { phase: 'preparing', executor: 'sim' });
      onNews();
      await Promise.race([pause(work.pullMs), stopped]);
      if (!isLive()) story.cause ??= 'lease-expired';
      if (story.cause !== null) return this.#endBeforeStart(executionId, story.cause);
      journal.change(executionId, { phase: 'starting' });
      if (random.chance(engineFailure)) {
        return this.#conclude(executionId, { reason: 'engine_error', started: false });
      }
      machine.start(executionId, offer.jobId, work.runMs, work.exitCode);
    }
    journal.change(executionId, { phase: 'running' });
    onNews();
    await this.#supervise(offer);
  }

  async #supervise(offer: ExecutionOffer): Promise<void> {
    const { machine, owner, story, stopped } = this.#deps;
    const { journal } = machine;
    const { executionId } = offer;
    const { limitMs } = workOf(offer);
    let isTimedOut = false;
    // From the start of the workload, whichever process watches it.
    const limit = machine.after(
      Math.max(0, limitMs - machine.ranMs(executionId)),
      () => {
        isTimedOut = true;
        machine.kill(executionId);
      },
      owner,
    );
    void stopped.then(() => machine.kill(executionId));
    const outcome = await machine.wait(executionId);
    limit.cancelled = true;
    if (story.cause === 'superseded') return journal.recordClosed(executionId, 'superseded');
    if (outcome === null) {
      return this.#conclude(executionId, { reason: 'agent_restarted', started: true });
    }
    journal.change(executionId, {
      lines: { spooled: 1 + (outcome.runMs % 3), bytes: 0, acked: 0, truncated: false, read: null },
    });
    const { exitCode, runMs } = outcome;
    const facts = { started: true, runMs, exitCode };
    if (exitCode !== 137) {
      const reason = exitCode === 0 ? 'exited' : 'nonzero_exit';
      return this.#conclude(executionId, { ...facts, reason });
    }
    const reason = isTimedOut
      ? 'run_timeout'
      : story.cause === 'requester'
        ? 'cancelled_by_requester'
        : 'lease_expired';
    this.#conclude(executionId, { ...facts, reason });
  }

  #conclude(
    executionId: string,
    end: Pick<ExecutionResult, 'reason' | 'started'> & Partial<ExecutionResult>,
  ): void {
    const facts = { isolation: null, imageDigest: null, logLines: 0 };
    const result = { ...emptyResult(end.reason, 'as simulated', facts), ...end };
    this.#deps.machine.journal.recordResult(executionId, result);
    this.#deps.onNews();
  }

  #endBeforeStart(executionId: string, cause: StopCause): void {
    const { journal } = this.#deps.machine;
    if (cause === 'superseded') journal.recordClosed(executionId, 'superseded');
    else if (cause === 'lease-expired') journal.recordRelease(executionId);
    else this.#conclude(executionId, { reason: 'cancelled_by_requester', started: false });
  }

  async #accept(
    offer: ExecutionOffer,
    offeredAt: Instant,
  ): Promise<'accepted' | 'refused' | 'unknown'> {
    const { machine, accept, pause, renew } = this.#deps;
    const { executionId, attempt, leaseToken, acceptWithinMs } = offer;
    const fence = { attempt, leaseToken };
    while (machine.monotonicMs() - offeredAt.monotonicMs <= acceptWithinMs) {
      const sentAt = instantOf(machine);
      try {
        const ask = { agentId: machine.agentId, executionId, fence };
        const { leaseMs } = await accept(ask);
        renew(sentAt, leaseMs);
        machine.journal.change(executionId, { phase: 'accepted' });
        return 'accepted';
      } catch (error) {
        if (isDefinite(error)) return 'refused';
        await pause(acceptRetryMs);
      }
    }
    return 'unknown';
  }
}
