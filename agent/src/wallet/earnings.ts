import type { Clock } from '@node3/shared/clock';
import type { Logger } from '@node3/shared/logger';
import { type Loop, startLoop } from '@node3/shared/loop';
import { type AgentEarnings, getAgentEarnings } from '@node3/shared/routes/agents';
import { toTimestamp } from '@node3/shared/schema';
import { agentLimits } from '../agent-limits.ts';
import type { MarketplaceLink } from '../marketplace-link/marketplace-link.ts';

export interface EarningsWatchDeps {
  link: MarketplaceLink;
  clock: Clock;
  log: Logger;
  /** More was paid than the marketplace told before. */
  onPaid(): void;
}

export interface ToldEarnings {
  earnings: AgentEarnings;
  asOfMs: number;
  /** Midnight here, from which the day on this machine's calendar was asked for. */
  dayStartMs: number;
}

/** What the marketplace last told about this agent's earnings, and when. */
export class EarningsWatch {
  readonly #deps: EarningsWatchDeps;
  #latest: ToldEarnings | null = null;
  #loop: Loop | null = null;

  constructor(deps: EarningsWatchDeps) {
    this.#deps = deps;
  }

  start(): void {
    this.#loop = startLoop({
      name: 'earnings',
      log: this.#deps.log,
      intervalMs: agentLimits.earningsIntervalMs,
      jitter: 0.2,
      run: (signal) => this.refresh(signal),
    });
  }

  /** A result was accepted, so there is something new. */
  wake(): void {
    this.#loop?.wake();
  }

  async stop(): Promise<void> {
    await this.#loop?.stop();
  }

  /** Null until the marketplace has answered once. */
  get latest(): ToldEarnings | null {
    return this.#latest;
  }

  async refresh(signal: AbortSignal): Promise<void> {
    const { clock, link, log } = this.#deps;
    try {
      const dayStartMs = new Date(clock.nowMs()).setHours(0, 0, 0, 0);
      const query = { since: toTimestamp(dayStartMs) };
      const earnings = await link.call(getAgentEarnings, { query }, { signal });
      const before = this.#latest === null ? null : paidOf(this.#latest.earnings);
      this.#latest = { earnings, asOfMs: clock.nowMs(), dayStartMs };
      if (paidOf(earnings) !== before) this.#deps.onPaid();
    } catch (error) {
      log.debug({ err: error }, 'earnings could not be read');
    }
  }
}

function paidOf({ earned }: AgentEarnings): string {
  return `${earned.SOL.finalized.amount} ${earned.USDC.finalized.amount}`;
}
