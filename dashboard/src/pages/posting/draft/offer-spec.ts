import type { JobSpecInput } from '@node3/shared/job-spec';
import { limits } from '@node3/shared/limits';
import { type Asset, fromMoney, type Money, toMoney } from '@node3/shared/money';
import type { Account } from '@node3/shared/routes/accounts';
import type { GpuOffer } from '@node3/shared/routes/offers';

const secPerHour = 3_600n;

/** A job for one GPU of an offer, at the price that is asked for it where one is. */
export function offerSpec(
  { agentId, ask, modelId }: Pick<GpuOffer, 'agentId' | 'ask' | 'modelId'>,
  { balances }: Pick<Account, 'balances'>,
): Partial<JobSpecInput> {
  const asset = assetToPayIn(balances);
  const asked = ask[asset];
  return {
    resources: { gpus: { count: 1, ...(modelId !== null && { models: [modelId] }) } },
    placement: { agents: [agentId] },
    ...(asked !== null && { price: { kind: 'metered', bidPerGpuHour: asked, cap: capOf(asked) } }),
  };
}

/** What the account has; USDC, whose price stays, where it has neither. */
function assetToPayIn({ SOL, USDC }: Account['balances']): Asset {
  const hasOnlySol = fromMoney(SOL.available) > 0n && fromMoney(USDC.available) === 0n;
  return hasOnlySol ? 'SOL' : 'USDC';
}

/** What a run of the time that the form begins with costs, rounded up. */
function capOf(asked: Money): Money {
  const units = fromMoney(asked) * BigInt(limits.runSecDefault);
  return toMoney((units + secPerHour - 1n) / secPerHour, asked.asset);
}
