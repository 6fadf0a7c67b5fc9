import type { Clock } from '@node3/shared/clock';
import { MarketError } from '@node3/shared/error';
import { limits } from '@node3/shared/limits';
import type { LogBlock } from '@node3/shared/log-blocks';

interface Bucket {
  bytesLeft: number;
  atMs: number;
}

/** What a line costs beside its text, in bytes of it: whoever reads it as JSON gets some 100 more. */
export const lineBytes = 32;

/** How much log each agent has sent of late: one that sends for all must not fill the disk for all. */
export class LogRates {
  readonly #clock: Clock;
  readonly #buckets = new Map<string, Bucket>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Throws RATE_LIMITED when there is no room now, with the time until there is. */
  take(agentId: string, blocks: readonly Pick<LogBlock, 'text' | 'lineCount'>[]): void {
    const costs = blocks.map(({ text, lineCount }) => text.length + lineCount * lineBytes);
    const bytes = costs.reduce((sum, cost) => sum + cost, 0);
    const nowMs = this.#clock.monotonicMs();
    const { logBytesBurst, logBytesPerSec } = limits;
    const bucket = this.#buckets.get(agentId) ?? { bytesLeft: logBytesBurst, atMs: nowMs };
    const refilled = bucket.bytesLeft + ((nowMs - bucket.atMs) / 1_000) * logBytesPerSec;
    const bytesLeft = Math.min(logBytesBurst, refilled);
    if (bytesLeft < bytes) {
      const retryAfterSec = Math.ceil((bytes - bytesLeft) / logBytesPerSec);
      const detail = 'The agent sends logs faster than the marketplace takes them.';
      throw new MarketError('RATE_LIMITED', { detail, retryAfterSec });
    }
    this.#buckets.set(agentId, { bytesLeft: bytesLeft - bytes, atMs: nowMs });
    if (this.#buckets.size > bucketsMax) this.#forgetFull(nowMs);
  }

  /** A full bucket is the same as none. */
  #forgetFull(nowMs: number): void {
    const fullAfterMs = (limits.logBytesBurst / limits.logBytesPerSec) * 1_000;
    for (const [agentId, { atMs }] of this.#buckets) {
      if (nowMs - atMs > fullAfterMs) this.#buckets.delete(agentId);
    }
  }
}

/** Few of them send at the same time. */
const bucketsMax = 4_096;
