import type { DeviceSample } from '@node3/shared/device';
import { isMarketError } from '@node3/shared/error';
import type { ExecutionReadings } from '@node3/shared/execution-usage';
import { limits } from '@node3/shared/limits';
import type { Logger } from '@node3/shared/logger';
import { type Loop, startLoop } from '@node3/shared/loop';
import { heartbeatAgent } from '@node3/shared/routes/agents';
import { agentLimits } from '../agent-limits.ts';
import { type HostClock, instantOf } from '../host-clock.ts';
import type { Journal, JournalExecution, LeaseRecord } from '../journal/journal.ts';
import type { LeaseClock } from './lease-clock.ts';
import type { MarketplaceLink } from './marketplace-link.ts';

export type HeartbeatVerdict = 'continue' | 'cancel' | 'stop';

export interface UsageSource {
  /** What was not heard yet, of so many executions at most. */
  pending(executionsMax: number): ExecutionReadings[];
  /** The marketplace has them, or can't be told them twice. */
  settle(sent: readonly ExecutionReadings[]): void;
}

export interface HeartbeaterDeps {
  link: MarketplaceLink;
  journal: Journal;
  leases: LeaseClock;
  clock: HostClock;
  bootId: string | null;
  log: Logger;
  instanceId: string;
  samples(): DeviceSample[];
  /** What jobs used; it is not asked where the marketplace doesn't take it. */
  usage: UsageSource;
  /** What the marketplace says about an execution; `continue` has renewed its lease already. */
  onVerdict(executionId: string, verdict: HeartbeatVerdict): void;
  /** The marketplace wants idle devices to prove themselves. Not checked yet. */
  onChallenge(challenge: unknown): void;
}

/**
 * Says that the agent lives and renews its leases, on a timer of its own: neither a job, a pull
 * nor a hung tool is ever awaited here.
 */
export class Heartbeater {
  readonly #deps: HeartbeaterDeps;
  #heartbeatMs: number = limits.heartbeatMs;
  #restMs = 0;
  /** The next turn sends nothing: it begins a shorter rest. */
  #quickened = false;
  #loop: Loop | null = null;

  constructor(deps: HeartbeaterDeps) {
    this.#deps = deps;
  }

  start(): void {
    const rest = () => this.#restMs;
    this.#loop = startLoop({
      name: 'heartbeat',
      log: this.#deps.log,
      jitter: 0.2,
      get intervalMs() {
        return rest();
      },
      run: (signal) => this.#turn(signal),
    });
  }

  /** A lease has begun: the next heartbeat must not be as far away as that of an idle agent. */
  quicken(): void {
    if (this.#restMs <= limits.heartbeatMs) return;
    this.#quickened = true;
    this.#loop?.wake();
  }

  async stop(): Promise<void> {
    await this.#loop?.stop();
  }

  /**
   * One heartbeat. @returns the verdict on each execution that was named.
   * Throws the MarketError of the call; leases then simply run on.
   */
  async beat(signal: AbortSignal): Promise<Map<string, HeartbeatVerdict>> {
    const { link, journal, clock } = this.#deps;
    const named = journal.listOpen().filter(holdsLease).slice(0, limits.executionsPerAgent);
    const sentAt = instantOf(clock);
    const usage = this.#pendingUsage();
    const reply = await link.call(
      heartbeatAgent,
      {
        body: {
          instanceId: this.#deps.instanceId,
          executions: named.map(({ executionId, attempt, leaseToken }) => ({
            executionId,
            attempt,
            leaseToken,
          })),
          samples: this.#deps.samples().slice(0, limits.devicesPerAgent),
          ...(usage.length > 0 && { usage }),
        },
      },
      { signal, timeoutMs: agentLimits.heartbeatTimeoutMs },
    );
    this.#deps.usage.settle(usage);
    this.#heartbeatMs = Math.min(
      Math.max(reply.heartbeatMs, agentLimits.heartbeatMsMin),
      agentLimits.heartbeatIdleMsMax,
    );
    const asked = new Set(named.map((execution) => execution.executionId));
    const verdicts = reply.executions.filter(({ executionId }) => asked.has(executionId));
    this.#renew(verdicts, sentAt);
    for (const { executionId, verdict } of verdicts) this.#deps.onVerdict(executionId, verdict);
    if (reply.proof !== undefined) this.#deps.onChallenge(reply.proof);
    return new Map(verdicts.map(({ executionId, verdict }) => [executionId, verdict]));
  }

  /** Readings are said again until they are heard, where that can't make two of one. */
  #pendingUsage(): ExecutionReadings[] {
    const { link, usage } = this.#deps;
    if (!link.takesUsage) return [];
    const pending = usage.pending(limits.executionsPerAgent);
    if (link.takesUsageNumbers) return pending;
    usage.settle(pending);
    return pending.map(({ from: _number, ...readings }) => readings);
  }

  #renew(
    verdicts: readonly { executionId: string; verdict: HeartbeatVerdict; leaseMs: number }[],
    sentAt: { monotonicMs: number; bootMs: number },
  ): void {
    const records: LeaseRecord[] = [];
    for (const { executionId, verdict, leaseMs } of verdicts) {
      if (verdict === 'stop') continue;
      const leaseUntilBootMs = this.#deps.leases.renew(executionId, sentAt, leaseMs);
      records.push({ executionId, leaseUntilBootMs, bootId: this.#deps.bootId });
    }
    if (records.length > 0) this.#deps.journal.recordLeases(records);
  }

  async #turn(signal: AbortSignal): Promise<void> {
    if (this.#quickened) {
      this.#quickened = false;
      this.#restMs = Math.min(this.#restMs, limits.heartbeatMs);
      return;
    }
    try {
      await this.beat(signal);
      this.#restMs = this.#intervalMs();
    } catch (error) {
      if (signal.aborted) return;
      const unreachable = isMarketError(error, 'MARKETPLACE_UNREACHABLE');
      const retryMs = unreachable ? agentLimits.heartbeatRetryMs : this.#intervalMs();
      this.#restMs = Math.min(retryMs, this.#intervalMs());
      this.#deps.log.debug({ err: error }, 'heartbeat was not answered');
    }
  }

  /** What was advised, as long as there is no lease that could be lost meanwhile. */
  #intervalMs(): number {
    const isIdle = !this.#deps.journal.listOpen().some(holdsLease);
    return isIdle ? this.#heartbeatMs : Math.min(this.#heartbeatMs, agentLimits.heartbeatMsMax);
  }
}

/**
 * A lease is held from the marketplace's yes until the result is settled. An execution whose
 * release is under way must not be renewed, or it would never go back to the queue.
 */
function holdsLease(execution: JournalExecution): boolean {
  return execution.phase !== 'offered' && execution.pending !== 'release';
}
