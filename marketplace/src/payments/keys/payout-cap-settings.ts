import type { Cluster } from '@node3/shared/cluster';
import { ConfigError } from '@node3/shared/env';
import { type Asset, assets, formatAmount, parseAmount } from '@node3/shared/money';
import type { AssetCaps, PayoutCaps } from './payout-caps.ts';

/** What the operator set; the rest is the cluster's default. */
export type PayoutCapSettings = Record<Asset, Partial<PayoutCaps>>;

/** Environment variables by cap; `_SOL` or `_USDC` follows. */
export const capVariables: Record<keyof PayoutCaps, string> = {
  payout: 'PAYOUT_MAX',
  hour: 'PAYOUT_HOUR_MAX',
  day: 'PAYOUT_DAY_MAX',
};

/** In nobody's way where money is play money; only there against mistakes in our own arithmetic. */
const generous = capsOf({
  SOL: ['1000', '50000', '500000'],
  USDC: ['100000', '5000000', '50000000'],
});

const defaults: Record<Cluster, AssetCaps> = {
  localnet: generous,
  devnet: generous,
  testnet: generous,
  // What a stolen process could take before somebody looks, so less than most would miss.
  'mainnet-beta': capsOf({ SOL: ['10', '50', '200'], USDC: ['1000', '5000', '20000'] }),
};

/** The caps of a cluster. Throws ConfigError when a smaller time has the larger cap. */
export function payoutCapsFor(cluster: Cluster, settings: PayoutCapSettings): AssetCaps {
  const caps = {
    SOL: { ...defaults[cluster].SOL, ...settings.SOL },
    USDC: { ...defaults[cluster].USDC, ...settings.USDC },
  };
  for (const asset of assets) {
    assertOrdered(asset, caps[asset], 'payout', 'hour');
    assertOrdered(asset, caps[asset], 'hour', 'day');
  }
  return caps;
}

function assertOrdered(
  asset: Asset,
  caps: PayoutCaps,
  less: keyof PayoutCaps,
  more: keyof PayoutCaps,
): void {
  if (caps[less] <= caps[more]) return;
  const problem = `is ${formatAmount(caps[less], asset)}, above ${capVariables[more]}_${asset}, which is ${formatAmount(caps[more], asset)}`;
  throw new ConfigError(
    `${capVariables[less]}_${asset}`,
    problem,
    'Raise the one or lower the other.',
  );
}

function capsOf(amounts: Record<Asset, [payout: string, hour: string, day: string]>): AssetCaps {
  const of = (asset: Asset): PayoutCaps => {
    const [payout, hour, day] = amounts[asset];
    return {
      payout: parseAmount(payout, asset),
      hour: parseAmount(hour, asset),
      day: parseAmount(day, asset),
    };
  };
  return { SOL: of('SOL'), USDC: of('USDC') };
}
