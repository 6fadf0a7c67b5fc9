import { getWallets } from '@wallet-standard/app';
import { useSyncExternalStore } from 'react';
import type { AnyWallet } from './solana-wallet.ts';

function subscribe(onChange: () => void): () => void {
  const wallets = getWallets();
  const ends = [wallets.on('register', onChange), wallets.on('unregister', onChange)];
  return () => {
    for (const end of ends) end();
  };
}

/** The wallets of this browser, which register themselves at any time. */
export function useWallets(): readonly AnyWallet[] {
  return useSyncExternalStore(subscribe, () => getWallets().get());
}
