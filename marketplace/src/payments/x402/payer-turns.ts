import type { Clock } from '@node3/shared/clock';
import { MarketError } from '@node3/shared/error';

/** Each payment costs us a simulation and its fee; nobody needs more than one every two seconds. */
const paymentsPerMinute = 30;
const windowMs = 60_000;
/** Wallets remembered at a time; beyond this the longest silent ones are forgotten. */
const payersMax = 10_000;

/** Counts the payments that each wallet has lately asked us to send. */
export class PayerTurns {
  readonly #clock: Clock;
  readonly #turns = new Map<string, number[]>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Throws RATE_LIMITED. */
  take(payer: string): void {
    const nowMs = this.#clock.monotonicMs();
    const recent = (this.#turns.get(payer) ?? []).filter((atMs) => atMs > nowMs - windowMs);
    const [oldest = nowMs] = recent;
    if (recent.length >= paymentsPerMinute) {
      const retryAfterSec = Math.ceil((oldest + windowMs - nowMs) / 1_000);
      const detail = `At most ${paymentsPerMinute} payments a minute from one wallet.`;
      throw new MarketError('RATE_LIMITED', { detail, retryAfterSec });
    }
    this.#turns.delete(payer);
    this.#turns.set(payer, [...recent, nowMs]);
    const [silent] = this.#turns.keys();
    if (this.#turns.size > payersMax && silent !== undefined) this.#turns.delete(silent);
  }
}
