import { type Asset, type BaseUnits, baseUnits } from '@node3/shared/money';

/** The network's fee for a withdrawal is the marketplace's: smaller ones would cost more than they move. */
export const withdrawalMinimum: Record<Asset, BaseUnits> = {
  SOL: baseUnits(1_000_000n),
  USDC: baseUnits(100_000n),
};
