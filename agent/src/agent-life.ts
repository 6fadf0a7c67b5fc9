import { join } from 'node:path';
import { assertNever } from '@node3/shared/assert';
import type { Device } from '@node3/shared/device';
import { limits } from '@node3/shared/limits';
import type { Loop } from '@node3/shared/loop';
import type { AgentMessage } from '@node3/shared/routes/agents';
import type { DrainOptions } from './agent.ts';
import type { AgentCore } from './agent-core.ts';
import { agentLimits } from './agent-limits.ts';
import { type FreeCapacity, freeCapacity, type MachineLimits } from './execution/capacity.ts';
import { type IntakeDeps, takeOffer } from './execution/intake.ts';
import { buildOffer, machineLimits } from './execution/machine.ts';
import { recoverExecutions, sweepExecutor } from './execution/recovery.ts';
import { raceSignal } from './executors/race-signal.ts';
import type { AgentDevice } from './gpu/device.ts';
import { DeviceProver, type LastProof } from './gpu-proof/device-prover.ts';
import type { Instant } from './host-clock.ts';
import { startLeaseWatch } from './marketplace-link/lease-watch.ts';
import { startPacedLoop } from './marketplace-link/pace.ts';
import { type Availability, Poller } from './marketplace-link/poller.ts';
import { ensureIdentity, IdentityError } from './marketplace-link/registration.ts';
import type { AgentMode } from './observability/agent-state.ts';
import type { PolicyVerdict } from './policy/decide-policy.ts';
import { machinePolicy } from './policy/machine-policy.ts';
import { settlesWithin } from './settles-within.ts';
import { agentVersion } from './version.ts';

/** After handing an offer back the agent asks for no other one for this long. */
const refusalPauseMs = 10_000;
/** Workloads that were told to stop at the end of a drain, and last results, get this long. */
const drainTailMs = 10_000;

/** The course of an agent's life: signing in, recovering, working, draining, stopping. */
export class AgentLife {
  readonly #core: AgentCore;
  readonly #poller: Poller;
  readonly #intake: IntakeDeps;
  readonly #prover: DeviceProver;
  #loops: Loop[] = [];
  #sweeps: Promise<void>[] = [];
  #rotation: Promise<void> = Promise.resolve();
  #begun: Promise<void> = Promise.resolve();
  #mode: AgentMode;
  #agentId: string | null = null;
  #ready = false;
  #identityError: string | null = null;
  #signInError: string | null = null;
  #refusedUntilMs = 0;
  #orderedToDrain = false;

  constructor(core: AgentCore) {
    this.#core = core;
    this.#mode = core.journal.mode();
    const { board, channel, clock, desk, inventory, journal, link, log, measures, outbox, parts } =
      core;
    const { ids, random } = parts;
    this.#intake = {
      board,
      clock,
      desk,
      inventory,
      journal,
      log,
      terms: () => core.policy.terms(),
      secretKeys: core.secretKeys,
      takesWork: () => this.#mode === 'run' && !core.disk.isLow,
      free: () => this.free(),
      onOwed: (executionId) => outbox.wake(executionId),
      onRefused: () => {
        this.#refusedUntilMs = clock.monotonicMs() + refusalPauseMs;
      },
    };
    const { config, events } = core;
    this.#prover = new DeviceProver({
      link,
      clock,
      log,
      environment: config.environment,
      startProver: parts.startProver,
      idleDevices: () => this.#idleDevices(),
      onCapacity: events.onCapacity,
      onStatus: events.onStatus,
    });
    core.policy.countProofs(() => this.#prover.deviceIds);
    this.#poller = new Poller({
      link,
      channel,
      wording: core.wording,
      journal,
      clock,
      ids,
      log,
      random,
      measures,
      instanceId: core.instanceId,
      availability: () => this.#availability(),
      onMessage: async (message, arrivedAt) => this.receive(message, arrivedAt),
    });
  }

  get mode(): AgentMode {
    return this.#mode;
  }

  /** Whether the marketplace gives this agent nothing new until it says otherwise. */
  get orderedToDrain(): boolean {
    return this.#orderedToDrain;
  }

  get agentId(): string | null {
    return this.#agentId;
  }

  get isReady(): boolean {
    return this.#ready;
  }

  /** Why the stored identity can't be used; null when it can. */
  get identityError(): string | null {
    return this.#identityError;
  }

  /** Why the last try to sign in failed; null once it has worked. */
  get signInError(): string | null {
    return this.#signInError;
  }

  limits(): MachineLimits {
    const { config, disk, policy } = this.#core;
    return machineLimits(machinePolicy(config, policy.current, []), disk.freeBytes);
  }

  free(): FreeCapacity {
    const proven = this.#prover.deviceIds;
    const sold = this.#sold(this.#core.policy.verdict());
    const deviceIds = sold.flatMap(({ id }) => (proven.includes(id) ? [] : [id]));
    return freeCapacity(this.limits(), deviceIds, this.#core.desk.reservations());
  }

  /** The devices that are well and that the policy sells now. */
  #sold({ withheld }: PolicyVerdict): Device[] {
    return this.#core.inventory.offered().filter(({ id }) => !withheld.has(id));
  }

  /** Running jobs finish, unless the provider wants them to be stopped as well. */
  policyChanged(verdict: PolicyVerdict): void {
    const { desk, events, journal, policy } = this.#core;
    const isProofOver = this.#prover.deviceIds.some((id) => verdict.withheld.has(id));
    if (verdict.closed !== null || isProofOver) this.#prover.abandon();
    if (policy.current.whenClosed === 'stop') {
      const hot = new Set(verdict.withheld.keys());
      for (const { executionId, offer } of journal.listOpen()) {
        const held = offer.deviceIds.some((deviceId) => hot.has(deviceId));
        if (verdict.closed !== null || held) desk.stop(executionId, 'policy');
      }
    }
    this.capacityChanged();
    events.onStatus();
  }

  /** From the first look at the machine to the first poll. Rejects when the agent stops first. */
  begin(): Promise<void> {
    this.#begun = this.#begin();
    return this.#begun;
  }

  async #begin(): Promise<void> {
    const { board, disk, inventory, policy, shutdown } = this.#core;
    this.#rotation = this.#rotateSecretKeys();
    const looks = [inventory.start(), board.start(), disk.start(), this.#rotation];
    await raceSignal(Promise.all(looks), shutdown.signal);
    await raceSignal(policy.start(), shutdown.signal);
    await this.#signIn();
    await this.#recover();
    shutdown.signal.throwIfAborted();
    this.#work();
  }

  /** Cuts off the poll under way, because it speaks of another capacity. */
  capacityChanged(): void {
    if (this.#ready) this.#poller.refresh();
  }

  /** The socket was opened or is gone: from now on work is asked for the other way. */
  channelChanged(): void {
    if (!this.#ready) return;
    this.#poller.refresh();
    this.#poller.retry();
  }

  /** The marketplace answers again: there may be work waiting. */
  reachable(): void {
    if (this.#ready) this.#poller.retry();
  }

  setMode(mode: 'run' | 'pause'): void {
    if (this.#mode === 'drain') return;
    this.#mode = mode;
    this.#core.journal.saveMode(mode);
    this.capacityChanged();
    this.#core.events.onStatus();
  }

  /** Resolves when nothing is left to do, or the deadline and a little more have passed. */
  async drain(options: DrainOptions): Promise<void> {
    const { desk, events, journal, outbox, shutdown } = this.#core;
    this.#mode = 'drain';
    this.capacityChanged();
    events.onStatus();
    for (const executionId of desk.executionIds()) {
      const phase = journal.find(executionId)?.phase;
      const started = phase === 'starting' || phase === 'running' || phase === 'ended';
      if (!started) desk.stop(executionId, 'drain');
    }
    const { deadlineMs } = options;
    const inTime = await settlesWithin(desk.settled(), deadlineMs, shutdown.signal);
    if (!inTime) {
      for (const executionId of desk.executionIds()) desk.stop(executionId, 'drain');
      await settlesWithin(desk.settled(), drainTailMs, shutdown.signal);
    }
    const tailMs = deadlineMs === undefined ? undefined : drainTailMs;
    await settlesWithin(outbox.drained(), tailMs, shutdown.signal);
  }

  /** Ends every loop and story; workloads are left as they are. */
  async stop(): Promise<void> {
    const { balance, board, channel, desk, earnings, heartbeater, inventory, outbox } = this.#core;
    const { disk, policy, shutdown, usage } = this.#core;
    shutdown.abort();
    // What is only beginning would begin after its stop and go on for ever.
    await this.#begun.catch(() => undefined);
    await Promise.all([
      this.#poller.stop(),
      channel?.stop(),
      heartbeater.stop(),
      usage.stop(),
      this.#prover.stop(),
      outbox.stop(),
      balance.stop(),
      earnings.stop(),
      inventory.stop(),
      disk.stop(),
      policy.stop(),
      board.stop(),
      desk.settled(),
      ...this.#loops.map((loop) => loop.stop()),
      ...this.#sweeps,
      // Whoever began hears of its failure.
      this.#rotation.catch(() => undefined),
    ]);
    await Promise.all(board.executors.map((executor) => executor.close()));
  }

  /** Tries until the marketplace has said who this agent is; gives up only when a person must act. */
  async #signIn(): Promise<void> {
    const { config, events, link, log, parts, shutdown, wallet } = this.#core;
    const path = join(config.dataDir, 'identity.json');
    const { apiKey, name, registrationToken } = config;
    const done = Promise.withResolvers<void>();
    const loop = startPacedLoop({
      name: 'sign-in',
      log,
      random: parts.random,
      run: async (signal) => {
        if (this.#agentId !== null) return agentLimits.backoffMaxMs;
        const keys = { apiKey, registrationToken };
        const deps = { link, wallet, log, path, name, version: agentVersion, ...keys };
        const identity = await ensureIdentity(deps, AbortSignal.any([signal, shutdown.signal]));
        this.#agentId = identity.agentId;
        this.#identityError = null;
        this.#signInError = null;
        done.resolve();
        return agentLimits.backoffMaxMs;
      },
      onFailure: (error) => {
        this.#signInError = error instanceof Error ? error.message : String(error);
        if (error instanceof IdentityError) this.#identityError = this.#signInError;
        log.warn({ err: error }, 'signing in failed');
        events.onStatus();
      },
    });
    try {
      await raceSignal(done.promise, shutdown.signal);
    } finally {
      await loop.stop();
    }
  }

  /** What was sent to a key that no open execution needs can be opened by nobody afterwards. */
  async #rotateSecretKeys(): Promise<void> {
    const { journal, secretKeys } = this.#core;
    const used = journal.listOpen().flatMap(({ offer }) => offer.secrets?.keyId ?? []);
    await secretKeys.rotate(new Set(used));
  }

  async #recover(): Promise<void> {
    const { board, desk, heartbeater, leases, log, parts, shutdown } = this.#core;
    const { bootId } = parts;
    const intake = this.#intake;
    const deps = { intake, leases, heartbeater, bootId, shutdown: shutdown.signal };
    const { files } = this.#core;
    await files.places.keepOnly(this.#core.journal.listOpen().map((open) => open.executionId));
    await recoverExecutions(deps);
    await this.#core.secretFiles?.sweep((executionId) => desk.has(executionId));
    this.#sweeps = board.executors.map((executor) => sweepExecutor(deps, executor));
    const onExpired = (executionId: string) => {
      if (desk.has(executionId)) desk.stop(executionId, 'lease-expired');
      else leases.forget(executionId);
    };
    this.#loops.push(startLeaseWatch({ leases, log, onExpired }));
  }

  #work(): void {
    const { balance, channel, earnings, events, heartbeater, usage } = this.#core;
    heartbeater.start();
    usage.start();
    this.#ready = true;
    channel?.start();
    this.#poller.start();
    balance.start();
    earnings.start();
    events.onStatus();
  }

  #availability(): Availability {
    const { board, clock, config, disk, policy, secretFiles, secretKeys } = this.#core;
    const verdict = policy.verdict();
    const sold = this.#sold(verdict);
    const free = this.free();
    const pausedMs = this.#refusedUntilMs - clock.monotonicMs();
    const roomLeft = free.slots > 0 && free.cpus > 0 && free.memoryBytes >= limits.memoryBytesMin;
    const working = board.available().length > 0 && !disk.isLow;
    return {
      offer: buildOffer(
        machinePolicy(config, policy.current, sold),
        this.limits(),
        board.available(),
        sold,
        secretFiles === null ? null : secretKeys.current,
      ),
      wantsWork:
        this.#mode === 'run' && working && roomLeft && pausedMs <= 0 && verdict.closed === null,
      freeDeviceIds: verdict.closed === null ? free.deviceIds : [],
      freeCpus: free.cpus,
      freeMemoryBytes: free.memoryBytes,
      freeSlots: free.slots,
      pausedMs: Math.max(0, pausedMs),
      waitSec:
        pausedMs > 0
          ? Math.min(Math.ceil(pausedMs / 1000), agentLimits.pollWaitSec)
          : agentLimits.pollWaitSec,
    };
  }

  /** How the last proof of each device ended, since this process began. */
  lastProofs(): LastProof[] {
    return this.#prover.last();
  }

  /** While the agent takes no work, its devices are let alone, too. */
  challenged(challenge: unknown): void {
    if (this.#mode === 'run' && this.#agentId !== null) {
      this.#prover.hear(this.#agentId, challenge);
    }
  }

  #idleDevices(): AgentDevice[] {
    if (this.#core.policy.verdict().closed !== null) return [];
    const { deviceIds } = this.free();
    return this.#core.inventory.devices().filter(({ id }) => deviceIds.includes(id));
  }

  /** Takes a message of the socket, and says that it was seen: the marketplace counts on it. */
  hear(message: AgentMessage, arrivedAt: Instant): void {
    this.receive(message, arrivedAt);
    this.capacityChanged();
  }

  /** Takes what the marketplace has to say, whichever way it came. */
  receive(message: AgentMessage, arrivedAt: Instant): void {
    switch (message.type) {
      case 'offer':
        // Whoever offers work has no drain in mind, even if the end of it got lost.
        this.#orderedToDrain = false;
        takeOffer(this.#intake, message, arrivedAt);
        return;
      case 'cancel':
        this.#core.desk.stop(message.executionId, 'requester');
        return;
      case 'drain':
      case 'resume':
        this.#orderedToDrain = message.type === 'drain';
        this.#core.log.info({ order: message.type }, 'the marketplace has an order');
        this.#core.events.onStatus();
        return;
      default:
        assertNever(message);
    }
  }
}
