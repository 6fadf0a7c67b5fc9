import { type Asset, type BaseUnits, baseUnits } from '@node3/shared/money';

/**
 * Deposits of one account that are smaller are credited together once they reach this: dust costs
 * its sender next to nothing, and every credit is an event somebody is told of.
 */
export const depositMinimum: Record<Asset, BaseUnits> = {
  SOL: baseUnits(1_000_000n),
  USDC: baseUnits(10_000n),
};
