import { createChallenge } from '@node3/shared/routes/auth';
import { type AccountCapsByAsset, getCaps, putAccountCaps } from '@node3/shared/routes/caps';
import { getCustomerUsage, getUsage } from '@node3/shared/routes/usage';
import { queryOptions } from '@tanstack/react-query';
import type { App } from '../app-context.tsx';
import type { ConnectedWallet } from '../wallet/connect-wallet.ts';

export interface UsagePeriod {
  from: string;
  to: string;
}

export function usageQuery({ client }: App, period: UsagePeriod, groupBy: string) {
  return queryOptions({
    queryKey: ['own', 'usage', period.from, period.to, groupBy],
    queryFn: ({ signal }) => client.call(getUsage, { query: { ...period, groupBy } }, { signal }),
  });
}

export function customerUsageQuery({ client }: App, period: UsagePeriod) {
  return queryOptions({
    queryKey: ['operator', 'usage', period.from, period.to],
    queryFn: ({ signal }) => client.call(getCustomerUsage, { query: { ...period } }, { signal }),
  });
}

export function capsQuery({ client }: App) {
  return queryOptions({
    queryKey: ['own', 'caps'],
    queryFn: ({ signal }) => client.call(getCaps, {}, { signal }),
  });
}

/** Sets the caps with the word of the account's wallet: whoever has only a key can't widen them. */
export async function changeCaps(
  { client }: App,
  wallet: Pick<ConnectedWallet, 'address' | 'signText'>,
  caps: AccountCapsByAsset,
) {
  const body = { wallet: wallet.address, purpose: 'account.caps' as const };
  const { challengeId, message } = await client.call(createChallenge, { body });
  const proof = { challengeId, signature: await wallet.signText(message) };
  return client.call(putAccountCaps, { body: { caps, proof } });
}
