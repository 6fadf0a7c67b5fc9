import { planRecovery } from '@node3/agent/execution/recovery-plan';
import { type Instant, instantOf } from '@node3/agent/host-clock';
import type { JournalExecution } from '@node3/agent/journal/journal';
import { Channel, type OpenSocket } from '@node3/agent/marketplace-link/channel';
import { ChannelLostError } from '@node3/agent/marketplace-link/channel-session';
import { LeaseClock } from '@node3/agent/marketplace-link/lease-clock';
import type { SeededRandom } from '@node3/marketplace/testing/seeded-random';
import type { AnswerOf, AskOf, OperationName } from '@node3/marketplace/testing/sim/operations';
import { newOwner, type Owner } from '@node3/marketplace/testing/sim/owner';
import type { SimMarket } from '@node3/marketplace/testing/sim/sim-market';
import type { SimSocket } from '@node3/marketplace/testing/sim/sim-socket';
import { isMarketError } from '@node3/shared/error';
import { limits } from '@node3/shared/limits';
import { silentLogger } from '@node3/shared/logger';
import type { AgentMessage, ExecutionOffer } from '@node3/shared/routes/agents';
import type { AgentMachine } from './agent-machine.ts';
import { AgentOutbox } from './agent-outbox.ts';
import { AgentStory, type StopCause, type Story } from './agent-story.ts';
import { channelCallOf } from './agent-work.ts';

export interface AgentDeps {
  machine: AgentMachine;
  market: SimMarket;
  random: SeededRandom;
  instanceId: string;
  /** Chance that the engine fails to start a workload. */
  engineFailure: number;
  /** The planted bug: counts leases from when the answer arrives. */
  countsFrom: 'request' | 'reply';
  /** How offers come: over the socket, or by long polls alone. */
  transport: 'socket' | 'poll';
  newClaimId: () => string;
  onOffer: (offer: ExecutionOffer) => void;
  /** The marketplace knows a newer process of this agent, so this one ends. */
  onSuperseded: () => void;
}

const acceptTimeoutMs = 5_000;
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
  readonly #channel: Channel | null;
  #socket: SimSocket | null = null;

  constructor(deps: AgentDeps, name: string) {
    this.#deps = deps;
    this.owner = newOwner(name);
    this.#leases = new LeaseClock(deps.machine);
    this.#channel = deps.transport === 'socket' ? this.#newChannel() : null;
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
    this.#channel?.start();
    void this.#pollForEver();
    void this.#beatForEver();
    void this.#watchLeases();
  }

  /** Its process ends, and the system closes its socket; a machine without power closes nothing. */
  end(how: 'killed' | 'powerless'): void {
    this.owner.dead = true;
    if (how === 'killed') this.#socket?.close();
  }

  /** Over the socket while there is one, and otherwise, or when it breaks, by a request of its own. */
  async call<Name extends OperationName>(
    name: Name,
    ask: AskOf<Name>,
    timeoutMs: number,
  ): Promise<AnswerOf<Name>> {
    const call = channelCallOf(name, ask);
    if (call !== null && this.#channel?.isOpen === true) {
      try {
        return (await this.#channel.call(call, { timeoutMs })) as AnswerOf<Name>;
      } catch (error) {
        if (!(error instanceof ChannelLostError)) throw error;
      }
    }
    return this.#deps.market.call(this.owner, name, ask, timeoutMs);
  }

  #newChannel(): Channel {
    const { machine, market, random, instanceId, onSuperseded } = this.#deps;
    return new Channel({
      marketplaceUrl: 'http://market',
      openSocket: () => {
        this.#socket = market.connect(this.owner, machine.agentId);
        return this.#socket as unknown as ReturnType<OpenSocket>;
      },
      clock: machine,
      log: silentLogger,
      random: () => random.next(),
      instanceId,
      apiKey: () => 'key',
      onMessage: (message) => this.#hear(message),
      onChange: () => this.#refresh(),
      onRefusal: (error) => {
        if (isMarketError(error, 'AGENT_SUPERSEDED')) onSuperseded();
      },
    });
  }

  #hear(message: AgentMessage): void {
    if (message.type === 'offer') this.#take(message);
    if (message.type === 'cancel') this.#stop(message.executionId, 'requester');
    this.#refresh();
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
    const { machine, random, onSuperseded } = this.#deps;
    for (let failures = 0; ; ) {
      const refreshed = new Promise<null>((resolve) => {
        this.#refresh = () => resolve(null);
      });
      const sentMs = machine.monotonicMs();
      try {
        const messages = await this.#askForWork(refreshed);
        failures = 0;
        for (const message of messages ?? []) this.#hear(message);
        const isEarly = messages !== null && machine.monotonicMs() - sentMs < 1_000;
        if (isEarly) await this.#pause(1_000);
      } catch (error) {
        if (isMarketError(error, 'AGENT_SUPERSEDED')) {
          onSuperseded();
          return;
        }
        failures += 1;
        const backoffMs = Math.min(60_000, 1_000 * 2 ** (failures - 1));
        await this.#pause(backoffMs * (0.75 + random.next() * 0.5));
      }
    }
  }

  /** Messages, or null when there is something new to say before any came. */
  async #askForWork(refreshed: Promise<null>): Promise<AgentMessage[] | null> {
    const { machine, newClaimId } = this.#deps;
    const { journal, offer } = machine;
    const open = journal.listOpen();
    const wantsWork = open.length < offer.slots;
    const inUse = new Set(open.flatMap((execution) => execution.offer.deviceIds));
    const free = {
      offer,
      freeDeviceIds: offer.devices.map(({ id }) => id).filter((id) => !inUse.has(id)),
      freeCpus: offer.cpus - open.length,
      freeMemoryBytes: offer.memoryBytes - open.length * limits.memoryBytesDefault,
    };
    if (this.#channel?.isOpen === true) {
      const freeSlots = offer.slots - open.length;
      const { signal } = new AbortController();
      await this.#channel.announce({ ...free, wantsWork, freeSlots }, signal);
      return refreshed;
    }
    if (wantsWork) journal.claimId ??= newClaimId();
    const claimId = wantsWork ? journal.claimId : null;
    const body = { ...free, instanceId: this.instanceId, claimId, waitSec: pollWaitSec };
    const ask = { agentId: machine.agentId, body };
    const polled = this.call('poll', ask, (pollWaitSec + 10) * 1_000);
    const answer = await Promise.race([polled, refreshed]);
    // A poll that was cut off may still fail; nobody listens to it any more.
    polled.catch(() => undefined);
    return answer?.messages ?? null;
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
    const { machine, random, engineFailure } = this.#deps;
    const teller = new AgentStory({
      machine,
      random,
      engineFailure,
      story,
      stopped,
      owner: this.owner,
      isLive: () => this.#leases.isLive(executionId),
      renew: (sentAt, leaseMs) => this.#renew(executionId, sentAt, leaseMs),
      accept: (ask) => this.call('accept', ask, acceptTimeoutMs),
      pause: (ms) => this.#pause(ms),
      onNews: () => this.#outbox.wake(executionId),
    });
    void teller.tell(offer, from, offeredAt).finally(over);
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
