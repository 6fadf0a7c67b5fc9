import { type Asset, assets, type BaseUnits, baseUnits } from '@node3/shared/money';

/** The most that may be signed away: by one transfer, within any hour, within any day. */
export interface PayoutCaps {
  payout: BaseUnits;
  hour: BaseUnits;
  day: BaseUnits;
}

export type AssetCaps = Record<Asset, PayoutCaps>;

const hourMs = 3_600_000;
/** How long a signature counts; older ones need not be remembered. */
export const capWindowMs = 24 * hourMs;

interface Spending {
  atMs: number;
  amounts: Record<Asset, bigint>;
}

/**
 * What was signed away in the last day. Money counts once per receipt: however often a batch is
 * signed, the chain lets one of them happen. A receipt that turned void keeps counting.
 */
export class PayoutLimiter {
  readonly #caps: AssetCaps;
  /** By receipt seed, in the order of signing. */
  readonly #spendings = new Map<string, Spending>();

  constructor(caps: AssetCaps) {
    for (const asset of assets) assertOrdered(asset, caps[asset]);
    this.#caps = caps;
  }

  counts(receiptSeed: string): boolean {
    return this.#spendings.has(receiptSeed);
  }

  /** Remembers money that was signed away already. The first time of a receipt stays. */
  recall(receiptSeed: string, amounts: Record<Asset, bigint>, atMs: number): void {
    if (!this.#spendings.has(receiptSeed)) this.#spendings.set(receiptSeed, { atMs, amounts });
  }

  /** Counts money that is about to be signed away. @returns the asset whose cap forbids it, or null. */
  take(receiptSeed: string, amounts: Record<Asset, bigint>, nowMs: number): Asset | null {
    this.#forget(nowMs);
    if (this.#spendings.has(receiptSeed)) return null;
    const refused = assets.find((asset) => amounts[asset] > this.left(asset, nowMs));
    if (refused !== undefined) return refused;
    this.#spendings.set(receiptSeed, { atMs: nowMs, amounts });
    return null;
  }

  /** What may be signed away now. */
  left(asset: Asset, nowMs: number): BaseUnits {
    const { hour, day } = this.#caps[asset];
    const inHour = hour - this.#spentSince(asset, nowMs - hourMs);
    const inDay = day - this.#spentSince(asset, nowMs - capWindowMs);
    const least = inHour < inDay ? inHour : inDay;
    return baseUnits(least > 0n ? least : 0n);
  }

  /** When an amount may be signed away at the earliest, and which cap it waits for until then. */
  fits(asset: Asset, amount: bigint, nowMs: number): { atMs: number; cap: 'hourly' | 'daily' } {
    const { hour, day } = this.#caps[asset];
    const hourly = this.#fitsWindow(asset, amount, { nowMs, windowMs: hourMs, cap: hour });
    const daily = this.#fitsWindow(asset, amount, { nowMs, windowMs: capWindowMs, cap: day });
    return daily > hourly ? { atMs: daily, cap: 'daily' } : { atMs: hourly, cap: 'hourly' };
  }

  #fitsWindow(
    asset: Asset,
    amount: bigint,
    { nowMs, windowMs, cap }: { nowMs: number; windowMs: number; cap: bigint },
  ): number {
    let spent = this.#spentSince(asset, nowMs - windowMs);
    const counting = [...this.#spendings.values()]
      .filter(({ atMs }) => atMs > nowMs - windowMs)
      .toSorted((a, b) => a.atMs - b.atMs);
    let atMs = nowMs;
    for (const spending of counting) {
      if (spent + amount <= cap) break;
      spent -= spending.amounts[asset];
      atMs = spending.atMs + windowMs;
    }
    return atMs;
  }

  #spentSince(asset: Asset, sinceMs: number): bigint {
    let sum = 0n;
    for (const { atMs, amounts } of this.#spendings.values()) {
      if (atMs > sinceMs) sum += amounts[asset];
    }
    return sum;
  }

  #forget(nowMs: number): void {
    for (const [seed, { atMs }] of this.#spendings) {
      if (atMs <= nowMs - capWindowMs) this.#spendings.delete(seed);
    }
  }
}

/** Otherwise a payout that is allowed alone would wait for ever for room in its hour. */
function assertOrdered(asset: Asset, { payout, hour, day }: PayoutCaps): void {
  if (payout <= hour && hour <= day) return;
  throw new Error(`the ${asset} caps must grow from payout to hour to day`);
}
