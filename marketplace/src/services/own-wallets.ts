import { MarketError } from '@node3/shared/error';
import type { Store } from '../store/store.ts';

/** Addresses of the marketplace's own keys: the treasury and whoever pays its fees. */
export type OwnWallets = ReadonlySet<string>;

/**
 * Nobody earns or pays with a key of the marketplace: its money would be counted twice, and
 * whoever runs the agent would hold the treasury. Throws WALLET_RESERVED.
 */
export function refuseOwnWallet(ownWallets: OwnWallets, wallet: string): void {
  if (ownWallets.has(wallet)) throw new MarketError('WALLET_RESERVED', { wallet });
}

/** The same for those who were there before, when a key is exchanged. Throws SERVICE_MISCONFIGURED. */
export async function assertWalletsApart(
  store: Pick<Store, 'agents' | 'accountOfWallet'>,
  ownWallets: OwnWallets,
): Promise<void> {
  const agent = (await store.agents()).find(({ wallet }) => ownWallets.has(wallet));
  if (agent !== undefined) misconfigured(agent.wallet, `the agent ${agent.agentId}`);
  for (const wallet of ownWallets) {
    const account = await store.accountOfWallet(wallet);
    if (account !== null) misconfigured(wallet, `the account ${account.accountId}`);
  }
}

function misconfigured(wallet: string, owner: string): never {
  const detail = `The marketplace's wallet ${wallet} is also that of ${owner}. Give the marketplace a key of its own.`;
  throw new MarketError('SERVICE_MISCONFIGURED', { detail });
}
