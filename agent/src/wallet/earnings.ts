import type { Clock } from '@node3/shared/clock';
import type { Logger } from '@node3/shared/logger';
import { type Loop, startLoop } from '@node3/shared/loop';
import { type AgentEarnings, getAgentEarnings } from '@node3/shared/routes/agents';
import { agentLimits } from '../agent-limits.ts';
import type { MarketplaceLink } from '../marketplace-link/marketplace-link.ts';

export interface EarningsWatchDeps {
  link: MarketplaceLink;
  clock: Clock;
  log: Logger;
}

/** What the marketplace last told about this agent's earnings, and when. */
export class EarningsWatch {
  readonly #deps: EarningsWatchDeps;
  #latest: { earnings: AgentEarnings; asOfMs: number } | null = null;
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
  get latest(): { earnings: AgentEarnings; asOfMs: number } | null {
    return this.#latest;
  }

  async refresh(signal: AbortSignal): Promise<void> {
    const { clock, link, log } = this.#deps;
    try {
      const earnings = await link.call(getAgentEarnings, {}, { signal });
      this.#latest = { earnings, asOfMs: clock.nowMs() };
    } catch (error) {
      log.debug({ err: error }, 'earnings could not be read');
    }
  }
}
