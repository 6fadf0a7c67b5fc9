import type { Client } from '@node3/shared/client';
import { createAccount } from '@node3/shared/routes/accounts';
import type { WalletKey } from '@node3/shared/wallet-key';
import { proveWallet } from './prove-wallet.ts';

/** Opens an account, or gets another key for it, by signing the marketplace's challenge. */
export async function openAccount(client: Client, wallet: WalletKey, name: string | null) {
  const proof = await proveWallet(client, wallet, 'account.create');
  return client.call(createAccount, { body: { ...proof, ...(name === null ? {} : { name }) } });
}
