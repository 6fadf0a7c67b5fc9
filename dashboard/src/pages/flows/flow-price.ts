import type { FlowGraph } from '@node3/shared/flow-graph';
import { amountPattern, assets, fromMoney, type Money, toMoney } from '@node3/shared/money';

export interface FlowPrice {
  /** Steps that post a job. */
  jobs: number;
  /** The most that these jobs may cost together without the fee, by asset. */
  most: Money[];
  /** Jobs whose price is known only when their step begins, or is none. */
  unknown: number;
}

/** What a run of a graph may cost at most: each of its jobs once, whichever way it goes. */
export function priceOfFlow({ nodes }: FlowGraph): FlowPrice {
  const prices = nodes.flatMap((node) =>
    node.type === 'job' ? [mostOf(node.config.spec['price'])] : [],
  );
  const known = prices.filter((price) => price !== null);
  const most = assets.flatMap((asset) => {
    const units = known.filter((price) => price.asset === asset).map(fromMoney);
    return units.length === 0
      ? []
      : [
          toMoney(
            units.reduce((sum, one) => sum + one, 0n),
            asset,
          ),
        ];
  });
  return { jobs: prices.length, most, unknown: prices.length - known.length };
}

/** The price in a spec that nobody has checked yet; null where it is to be filled in, or is none. */
function mostOf(price: unknown): Money | null {
  const { kind, reward, cap } = (price ?? {}) as {
    kind?: unknown;
    reward?: unknown;
    cap?: unknown;
  };
  const most = (kind === 'metered' ? cap : reward) as Partial<Money> | null | undefined;
  const asset = assets.find((one) => one === most?.asset);
  const amount = most?.amount;
  if (asset === undefined || typeof amount !== 'string') return null;
  if (!new RegExp(amountPattern).test(amount)) return null;
  try {
    return toMoney(fromMoney({ amount, asset }), asset);
  } catch {
    // More decimals than the asset has.
    return null;
  }
}

/** Whether jobs of a run may still be charged. */
export function holdsMoney(costs: readonly { held: Money }[]): boolean {
  return costs.some(({ held }) => fromMoney(held) > 0n);
}
