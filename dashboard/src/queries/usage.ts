import { createChallenge } from '@node3/shared/routes/auth';
import {
  type AccountCapsByAsset,
  getCaps,
  type KeyCapsChange,
  putAccountCaps,
  putKeyCaps,
} from '@node3/shared/routes/caps';
import {
  getCustomerUsage,
  getUsage,
  getUsageLabels,
  type UsageGroup,
} from '@node3/shared/routes/usage';
import { queryOptions } from '@tanstack/react-query';
import type { App } from '../app-context.tsx';
import type { ConnectedWallet } from '../wallet/connect-wallet.ts';

type Signer = Pick<ConnectedWallet, 'address' | 'signText'>;

export interface UsagePeriod {
  from: string;
  to: string;
}

/** `label`: the one whose values are told apart, where it is grouped by label. */
export interface UsageGrouping {
  groupBy: UsageGroup;
  label?: string;
}

export function usageQuery({ client }: App, period: UsagePeriod, grouping: UsageGrouping) {
  const query = { ...period, ...grouping };
  return queryOptions({
    queryKey: ['own', 'usage', query],
    queryFn: ({ signal }) => client.call(getUsage, { query }, { signal }),
  });
}

export function usageLabelsQuery({ client }: App) {
  return queryOptions({
    queryKey: ['own', 'usage-labels'],
    queryFn: ({ signal }) => client.call(getUsageLabels, {}, { signal }),
  });
}

export function customerUsageQuery({ client }: App, period: UsagePeriod) {
  return queryOptions({
    queryKey: ['operator', 'usage', period.from, period.to],
    queryFn: ({ signal }) => client.call(getCustomerUsage, { query: { ...period } }, { signal }),
  });
}

export const capsKey = ['own', 'caps'] as const;

export function capsQuery({ client }: App) {
  return queryOptions({
    queryKey: capsKey,
    queryFn: ({ signal }) => client.call(getCaps, {}, { signal }),
  });
}

/** Sets the caps with the word of the account's wallet: whoever has only a key can't widen them. */
export async function changeCaps(app: App, wallet: Signer, caps: AccountCapsByAsset) {
  const proof = await proveCaps(app, wallet);
  return app.client.call(putAccountCaps, { body: { caps, proof } });
}

/** The same for a key. `signer` null: the key of this page makes its own narrower. */
export async function changeKeyCaps(
  app: App,
  change: { keyId: string; caps: KeyCapsChange; signer: Signer | null },
) {
  const { keyId, caps, signer } = change;
  const proof = signer === null ? {} : { proof: await proveCaps(app, signer) };
  return app.client.call(putKeyCaps, { params: { keyId }, body: { caps, ...proof } });
}

async function proveCaps({ client }: App, wallet: Signer) {
  const body = { wallet: wallet.address, purpose: 'account.caps' as const };
  const { challengeId, message } = await client.call(createChallenge, { body });
  return { challengeId, signature: await wallet.signText(message) };
}
