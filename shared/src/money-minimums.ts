import { type Asset, type BaseUnits, baseUnits } from './money.ts';

/**
 * Deposits of one account that are smaller are credited together once they reach this: dust costs
 * its sender next to nothing, and every credit is an event somebody is told of.
 */
export const depositMinimum: Record<Asset, BaseUnits> = {
  SOL: baseUnits(1_000_000n),
  USDC: baseUnits(10_000n),
};

/** The network's fee for a withdrawal is the marketplace's: smaller ones would cost more than they move. */
export const withdrawalMinimum: Record<Asset, BaseUnits> = {
  SOL: baseUnits(1_000_000n),
  USDC: baseUnits(100_000n),
};
