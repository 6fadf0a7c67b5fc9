import type { Clock } from '@node3/shared/clock';
import { MarketError } from '@node3/shared/error';
import { readBlockhash, readFee, readPriorityFees, readRentMinimum } from './chain-reads.ts';
import type { RpcPool } from './rpc.ts';
import { compileMessage, memo } from './transaction-builder.ts';

/** What the cluster charges at present. Nothing of this is a constant of Solana. */
export interface Prices {
  /** Rent minimum of an account without data, lamports. */
  rentEmpty: bigint;
  /** Rent minimum of a tombstone. */
  rentTombstone: bigint;
  /** Rent minimum of a token account. */
  rentTokenAccount: bigint;
  /** A transaction with one signature and no priority. */
  baseFee: bigint;
}

export interface FeeOptions {
  /** Micro-lamports per compute unit. */
  unitPriceMin: bigint;
  unitPriceMax: bigint;
}

/** Rent changes by vote of the validators, rarely; an hour is soon enough to notice. */
const pricesKeptMs = 3_600_000;
const tokenAccountBytes = 165;

export interface FeeReaderDeps {
  rpc: RpcPool;
  clock: Clock;
  /** Address that pays the fees. */
  payer: string;
  options: FeeOptions;
}

export interface FeeReader {
  prices(): Promise<Prices>;
  /** The cluster just refused something by its rent: what is remembered is no longer true. */
  forgetPrices(): void;
  /** Price per unit that 3 of 4 recent blocks would have taken; half more at each new attempt. */
  unitPrice(writable: readonly string[], attempt: number): Promise<bigint>;
}

export function createFeeReader(deps: FeeReaderDeps): FeeReader {
  const { rpc, clock, payer, options } = deps;
  let kept: { prices: Prices; atMs: number } | null = null;
  return {
    async prices() {
      const atMs = clock.monotonicMs();
      if (kept !== null && atMs - kept.atMs < pricesKeptMs) return kept.prices;
      const [rentEmpty, rentTombstone, rentTokenAccount, baseFee] = await Promise.all([
        readRentMinimum(rpc, 0),
        readRentMinimum(rpc, 1),
        readRentMinimum(rpc, tokenAccountBytes),
        readBaseFee(rpc, payer),
      ]);
      kept = { prices: { rentEmpty, rentTombstone, rentTokenAccount, baseFee }, atMs };
      return kept.prices;
    },

    forgetPrices() {
      kept = null;
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

async function readBaseFee(rpc: RpcPool, payer: string): Promise<bigint> {
  const { blockhash } = await readBlockhash(rpc);
  const lamports = await readFee(rpc, compileMessage(payer, blockhash, [memo('fee')]));
  // A lagging second endpoint may not know the first one's newest blockhash yet.
  if (lamports === null) throw new MarketError('CHAIN_UNAVAILABLE', { method: 'getFeeForMessage' });
  return lamports;
}
