import { useTranslation } from 'react-i18next';
import { useApp } from '../app-context.tsx';
import { type ConnectedWallet, connectWallet, preferWallet } from './connect-wallet.ts';
import { useWallets } from './use-wallets.ts';

/**
 * Connects the wallet that owns the account, which signs what a key alone may not change.
 * @param wallet its address; null where the account has none, and then it rejects.
 */
export function useOwnerWallet(wallet: string | null): () => Promise<ConnectedWallet> {
  const { t } = useTranslation();
  const { config, session } = useApp();
  const wallets = useWallets();
  return async () => {
    const { cluster } = config;
    if (cluster === null || wallet === null) throw new Error(t('caps.noWallet'));
    const known = preferWallet(wallets, session.walletSession()?.walletName ?? null);
    return connectWallet(known, { address: wallet, cluster });
  };
}
