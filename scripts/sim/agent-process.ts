import { emptyResult } from '@node3/agent/execution/execution-result';
import { planRecovery } from '@node3/agent/execution/recovery-plan';
import { type Instant, instantOf } from '@node3/agent/host-clock';
import type { JournalExecution } from '@node3/agent/journal/journal';
import { LeaseClock } from '@node3/agent/marketplace-link/lease-clock';
import type { SeededRandom } from '@node3/marketplace/testing/seeded-random';
import type { AnswerOf, AskOf, OperationName } from '@node3/marketplace/testing/sim/operations';
import { newOwner, type Owner } from '@node3/marketplace/testing/sim/owner';
import type { SimMarket } from '@node3/marketplace/testing/sim/sim-market';
import { isMarketError } from '@node3/shared/error';
import { limits } from '@node3/shared/limits';
import type { ExecutionOffer, ExecutionResult } from '@node3/shared/routes/agents';
import type { AgentMachine } from './agent-machine.ts';
import { AgentOutbox } from './agent-outbox.ts';
import { isDefinite, workOf } from './agent-work.ts';

export type StopCause = 'requester' | 'superseded' | 'lease-expired';

export interface AgentDeps {
  machine: AgentMachine;
  market: SimMarket;
  random: SeededRandom;
  instanceId: string;
  /** Chance that the engine fails to start a workload. */
  engineFailure: number;
  /** The planted bug: counts leases from when the answer arrives. */
  countsFrom: 'request' | 'reply';
  newClaimId: () => string;
  onOffer: (offer: ExecutionOffer) => void;
  /** The marketplace knows a newer process of this agent, so this one ends. */
  onSuperseded: () => void;
}

interface Story {
  cause: StopCause | null;
  stop(): void;
}

const acceptTimeoutMs = 5_000;
const acceptRetryMs = 500;
const heartbeatTimeoutMs = 8_000;
const heartbeatRetryMs = 2_000;
const pollWaitSec = 25;
const leaseCheckMs = 1_000;

/** One process of an agent: the protocol of the real one, without its machine. */
export class AgentProcess {
  readonly owner: Owner;
  readonly #deps: AgentDeps;
  readonly #leases: LeaseClock;
  readonly #outbox: AgentOutbox;
  readonly #stories = new Map<string, Story>();
  #refresh: () => void = () => undefined;
  #beatsUnderWay = 0;

  constructor(deps: AgentDeps, name: string) {
    this.#deps = deps;
    this.owner = newOwner(name);
    this.#leases = new LeaseClock(deps.machine);
    this.#outbox = new AgentOutbox({
      journal: deps.machine.journal,
      call: (operation, ask) => this.call(operation, ask, 10_000),
      pause: (ms) => this.#pause(ms),
      random: deps.random,
      agentId: deps.machine.agentId,
      onStop: (executionId, cause) => this.#stop(executionId, cause),
      onClosed: (executionId) => {
        this.#leases.forget(executionId);
        this.#refresh();
      },
    });
  }

  get instanceId(): string {
    return this.#deps.instanceId;
  }

  /** Whether a renewal of its leases is on its way. */
  get isRenewing(): boolean {
    return this.#beatsUnderWay > 0;
  }

  /** Whether it goes on with an execution because its lease is not over by its own clocks. */
  holds(executionId: string): boolean {
    return this.#stories.has(executionId) && this.#leases.isLive(executionId);
  }

  async run(): Promise<void> {
    const open = this.#deps.machine.journal.listOpen();
    for (const execution of open) this.#restoreLease(execution);
    const verdicts = open.length === 0 ? null : await this.#beat().catch(() => null);
    for (const execution of open) this.#recover(execution, verdicts);
    const known = new Set(this.#stories.keys());
    for (const executionId of this.#deps.machine.list()) {
      if (!known.has(executionId)) this.#deps.machine.remove(executionId);
    }
    void this.#pollForEver();
    void this.#beatForEver();
    void this.#watchLeases();
  }

  call<Name extends OperationName>(
    name: Name,
    ask: AskOf<Name>,
    timeoutMs: number,
  ): Promise<AnswerOf<Name>> {
    return this.#deps.market.call(this.owner, name, ask, timeoutMs);
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#deps.machine.after(ms, resolve, this.owner);
    });
  }

  #restoreLease({ executionId, leaseUntilBootMs, bootId }: JournalExecution): void {
    if (leaseUntilBootMs === null) return;
    const comparable = bootId === String(this.#deps.machine.boots);
    this.#leases.restore(executionId, comparable ? leaseUntilBootMs : 0);
  }

  #recover(
    execution: JournalExecution,
    verdicts: ReadonlyMap<string, 'continue' | 'cancel' | 'stop'> | null,
  ): void {
    const { executionId } = execution;
    const { journal } = this.#deps.machine;
    const verdict = verdicts?.get(executionId) ?? null;
    const lease = this.#leases.isLive(executionId) ? 'live' : 'over';
    const step = planRecovery(execution, verdict, lease);
    if (step === 'release') journal.recordRelease(executionId);
    if (step === 'supersede') journal.recordClosed(executionId, 'superseded');
    if (step === 'prepare' || step === 'find') this.#begin(execution.offer, step, null);
    if (verdict === 'cancel') this.#stop(executionId, 'requester');
    this.#outbox.wake(executionId);
  }

  async #pollForEver(): Promise<void> {
    const { machine, newClaimId, random } = this.#deps;
    const { journal, offer } = machine;
    for (let failures = 0; ; ) {
      const open = journal.listOpen();
      const wantsWork = open.length < offer.slots;
      if (wantsWork) journal.claimId ??= newClaimId();
      const inUse = new Set(open.flatMap((execution) => execution.offer.deviceIds));
      const body = {
        instanceId: this.instanceId,
        claimId: wantsWork ? journal.claimId : null,
        waitSec: pollWaitSec,
        offer,
        freeDeviceIds: offer.devices.map(({ id }) => id).filter((id) => !inUse.has(id)),
        freeCpus: offer.cpus - open.length,
        freeMemoryBytes: offer.memoryBytes - open.length * limits.memoryBytesDefault,
      };
      const sentMs = machine.monotonicMs();
      const refreshed = new Promise<null>((resolve) => {
        this.#refresh = () => resolve(null);
      });
      try {
        const ask = { agentId: machine.agentId, body };
        const polled = this.call('poll', ask, (pollWaitSec + 10) * 1_000);
        const answer = await Promise.race([polled, refreshed]);
        // A poll that was cut off may still fail; nobody listens to it any more.
        polled.catch(() => undefined);
        failures = 0;
        for (const message of answer?.messages ?? []) {
          if (message.type === 'offer') this.#take(message);
          if (message.type === 'cancel') this.#stop(message.executionId, 'requester');
        }
        if (answer !== null && machine.monotonicMs() - sentMs < 1_000) await this.#pause(1_000);
      } catch (error) {
        if (isMarketError(error, 'AGENT_SUPERSEDED')) {
          this.#deps.onSuperseded();
          return;
        }
        failures += 1;
        const backoffMs = Math.min(60_000, 1_000 * 2 ** (failures - 1));
        await this.#pause(backoffMs * (0.75 + random.next() * 0.5));
      }
    }
  }

  #take(offer: ExecutionOffer): void {
    const { machine, onOffer } = this.#deps;
    const { journal } = machine;
    onOffer(offer);
    const open = journal.listOpen();
    if (journal.recordOffer(offer, machine.nowMs()) === 'known') return;
    const inUse = new Set(open.flatMap((execution) => execution.offer.deviceIds));
    const fits =
      open.length < machine.offer.slots && !offer.deviceIds.some((deviceId) => inUse.has(deviceId));
    if (fits) {
      this.#begin(offer, 'offer', instantOf(machine));
      return;
    }
    journal.recordRelease(offer.executionId);
    this.#outbox.wake(offer.executionId);
  }

  #begin(
    offer: ExecutionOffer,
    from: 'offer' | 'prepare' | 'find',
    offeredAt: Instant | null,
  ): void {
    const { executionId } = offer;
    if (this.#stories.has(executionId)) return;
    const { promise: stopped, resolve: stop } = Promise.withResolvers<void>();
    const story: Story = { cause: null, stop };
    this.#stories.set(executionId, story);
    const over = () => {
      this.#stories.delete(executionId);
      this.#deps.machine.remove(executionId);
      this.#outbox.wake(executionId);
      this.#refresh();
    };
    void this.#tell(offer, story, stopped, from, offeredAt).finally(over);
  }

  /** The one story of an execution; its end is in the journal when this resolves. */
  async #tell(
    offer: ExecutionOffer,
    story: Story,
    stopped: Promise<void>,
    from: 'offer' | 'prepare' | 'find',
    offeredAt: Instant | null,
  ): Promise<void> {
    const { machine, random, engineFailure } = this.#deps;
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
      this.#outbox.wake(executionId);
      await Promise.race([this.#pause(work.pullMs), stopped]);
      if (!this.#leases.isLive(executionId)) story.cause ??= 'lease-expired';
      if (story.cause !== null) return this.#endBeforeStart(executionId, story.cause);
      journal.change(executionId, { phase: 'starting' });
      if (random.chance(engineFailure)) {
        return this.#conclude(executionId, { reason: 'engine_error', started: false });
      }
      machine.start(executionId, offer.jobId, work.runMs, work.exitCode);
    }
    journal.change(executionId, { phase: 'running' });
    this.#outbox.wake(executionId);
    await this.#supervise(offer, story, stopped);
  }

  async #supervise(offer: ExecutionOffer, story: Story, stopped: Promise<void>): Promise<void> {
    const { machine } = this.#deps;
    const { journal } = machine;
    const { executionId } = offer;
    const { limitMs } = workOf(offer);
    let isTimedOut = false;
    const limit = machine.after(
      limitMs,
      () => {
        isTimedOut = true;
        machine.kill(executionId);
      },
      this.owner,
    );
    void stopped.then(() => machine.kill(executionId));
    const outcome = await machine.wait(executionId);
    limit.cancelled = true;
    if (story.cause === 'superseded') return journal.recordClosed(executionId, 'superseded');
    if (outcome === null) {
      return this.#conclude(executionId, { reason: 'agent_restarted', started: true });
    }
    journal.change(executionId, {
      lines: { spooled: 1 + (outcome.runMs % 3), bytes: 0, acked: 0, truncated: false },
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
    this.#outbox.wake(executionId);
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
    const { machine } = this.#deps;
    const { executionId, attempt, leaseToken, acceptWithinMs } = offer;
    const fence = { attempt, leaseToken };
    while (machine.monotonicMs() - offeredAt.monotonicMs <= acceptWithinMs) {
      const sentAt = instantOf(machine);
      try {
        const ask = { agentId: machine.agentId, executionId, fence };
        const { leaseMs } = await this.call('accept', ask, acceptTimeoutMs);
        this.#renew(executionId, sentAt, leaseMs);
        machine.journal.change(executionId, { phase: 'accepted' });
        return 'accepted';
      } catch (error) {
        if (isDefinite(error)) return 'refused';
        await this.#pause(acceptRetryMs);
      }
    }
    return 'unknown';
  }

  #renew(executionId: string, sentAt: Instant, leaseMs: number): void {
    const { machine, countsFrom } = this.#deps;
    const from = countsFrom === 'request' ? sentAt : instantOf(machine);
    const leaseUntilBootMs = this.#leases.renew(executionId, from, leaseMs);
    machine.journal.change(executionId, { leaseUntilBootMs, bootId: String(machine.boots) });
  }

  async #beatForEver(): Promise<void> {
    for (;;) {
      let restMs: number = limits.heartbeatMs;
      try {
        await this.#beat();
      } catch {
        restMs = heartbeatRetryMs;
      }
      await this.#pause(restMs * (0.9 + this.#deps.random.next() * 0.2));
    }
  }

  async #beat(): Promise<Map<string, 'continue' | 'cancel' | 'stop'>> {
    const { machine } = this.#deps;
    const named = machine.journal
      .listOpen()
      .filter(({ phase, pending }) => phase !== 'offered' && pending !== 'release');
    const sentAt = instantOf(machine);
    const executions = named.map(({ executionId, attempt, leaseToken }) => ({
      executionId,
      attempt,
      leaseToken,
    }));
    const body = { instanceId: this.instanceId, executions, samples: [] };
    const ask = { agentId: machine.agentId, body };
    this.#beatsUnderWay += 1;
    const answer = await this.call('heartbeat', ask, heartbeatTimeoutMs).finally(() => {
      this.#beatsUnderWay -= 1;
    });
    for (const { executionId, verdict, leaseMs } of answer.executions) {
      if (verdict !== 'stop') this.#renew(executionId, sentAt, leaseMs);
      if (verdict === 'cancel') this.#stop(executionId, 'requester');
      if (verdict === 'stop') this.#stop(executionId, 'superseded');
    }
    return new Map(answer.executions.map(({ executionId, verdict }) => [executionId, verdict]));
  }

  async #watchLeases(): Promise<void> {
    for (;;) {
      for (const executionId of this.#leases.expired()) this.#stop(executionId, 'lease-expired');
      await this.#pause(leaseCheckMs);
    }
  }

  #stop(executionId: string, cause: StopCause): void {
    const story = this.#stories.get(executionId);
    if (story === undefined || story.cause !== null) return;
    story.cause = cause;
    story.stop();
  }
}
