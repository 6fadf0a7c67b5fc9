import type { Clock } from '@node3/shared/clock';
import { readFee, readPriorityFees, readRentMinimum } from './chain-reads.ts';
import type { RpcPool } from './rpc.ts';

/** What the cluster charges at present. Nothing of this is a constant of Solana. */
export interface Prices {
  /** Rent minimum of an account without data, lamports. */
  rentEmpty: bigint;
  /** Rent minimum of a tombstone. */
  rentTombstone: bigint;
  /** Rent minimum of a token account. */
  rentTokenAccount: bigint;
}

export interface FeeOptions {
  /** Micro-lamports per compute unit. */
  unitPriceMin: bigint;
  unitPriceMax: bigint;
}

/** Rent changes by vote of the validators, rarely; an hour is soon enough to notice. */
const pricesKeptMs = 3_600_000;
const tokenAccountBytes = 165;

export interface FeeReader {
  prices(): Promise<Prices>;
  /** Lamports per signature, priority not included. Asks about the given message. */
  baseFee(message: Uint8Array): Promise<bigint>;
  /** Price per unit that 3 of 4 recent blocks would have taken; half more at each new attempt. */
  unitPrice(writable: readonly string[], attempt: number): Promise<bigint>;
}

export function createFeeReader(rpc: RpcPool, clock: Clock, options: FeeOptions): FeeReader {
  let kept: { prices: Prices; atMs: number } | null = null;
  let baseFee: { lamports: bigint; atMs: number } | null = null;
  return {
    async prices() {
      const atMs = clock.monotonicMs();
      if (kept !== null && atMs - kept.atMs < pricesKeptMs) return kept.prices;
      const [rentEmpty, rentTombstone, rentTokenAccount] = await Promise.all([
        readRentMinimum(rpc, 0),
        readRentMinimum(rpc, 1),
        readRentMinimum(rpc, tokenAccountBytes),
      ]);
      kept = { prices: { rentEmpty, rentTombstone, rentTokenAccount }, atMs };
      return kept.prices;
    },

    async baseFee(message) {
      const atMs = clock.monotonicMs();
      if (baseFee !== null && atMs - baseFee.atMs < pricesKeptMs) return baseFee.lamports;
      const lamports = await readFee(rpc, message);
      if (lamports === null) throw new Error('the cluster does not know a blockhash it just gave');
      baseFee = { lamports, atMs };
      return lamports;
    },

    async unitPrice(writable, attempt) {
      const fees = await readPriorityFees(rpc, writable);
      const typical = fees[Math.floor(fees.length * 0.75)] ?? 0n;
      let price = typical > options.unitPriceMin ? typical : options.unitPriceMin;
      for (let n = 1; n < attempt && price < options.unitPriceMax; n += 1) {
        price += price / 2n + 1n;
      }
      return price < options.unitPriceMax ? price : options.unitPriceMax;
    },
  };
}
