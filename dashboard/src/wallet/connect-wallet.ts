import type { Cluster } from '@node3/shared/cluster';
import { chainIdOf } from '@node3/shared/sign-in-message';
import { encodeBase58 } from './base58.ts';
import { type AnyWallet, featureOf, type WalletAccount } from './solana-wallet.ts';
import { toWalletError, WalletError } from './wallet-error.ts';

/** A wallet that its owner let this page use, and that holds the account that was asked for. */
export interface ConnectedWallet {
  /** What the program calls itself, such as `Phantom`. */
  name: string;
  address: string;
  /**
   * Asks the owner to sign a transaction that the server built.
   * @param transaction the whole of it, serialised, with room for the signature.
   * @returns it signed. Throws WalletError; `refused` where the owner said no.
   */
  signTransaction(transaction: Uint8Array): Promise<Uint8Array>;
  /** The same for a text. @returns the signature, base58. */
  signText(text: string): Promise<string>;
}

interface Wanted {
  /** The wallet of the account that is signed in. */
  address: string;
  cluster: Cluster;
}

/** @returns the wallets with the one first that a session was opened with; null: with none of them. */
export function preferWallet(
  wallets: readonly AnyWallet[],
  walletName: string | null,
): readonly AnyWallet[] {
  return wallets.toSorted((a, b) => Number(b.name === walletName) - Number(a.name === walletName));
}

/**
 * Finds the wallet that holds an address and connects it, the one first that did so before.
 * @param wallets those of this browser by `useWallets`, in the order of `preferWallet`.
 * Throws WalletError: `none` without any wallet, `otherAccount` where each holds other accounts,
 * `unable` where the right one signs no transactions, `refused` where its owner said no.
 */
export async function connectWallet(
  wallets: readonly AnyWallet[],
  { address, cluster }: Wanted,
): Promise<ConnectedWallet> {
  const [preferred] = wallets;
  if (preferred === undefined) throw new WalletError('none', '');
  for (const silent of [true, false]) {
    // Whoever asks all of them would open a window for each.
    for (const wallet of silent ? wallets : [preferred]) {
      const account = await findAccount(wallet, address, silent);
      if (account !== null) return connected(wallet, account, cluster);
    }
  }
  throw new WalletError('otherAccount', address);
}

/** @param silent asks only wallets that know this page, and nobody's owner. */
async function findAccount(
  wallet: AnyWallet,
  address: string,
  silent: boolean,
): Promise<WalletAccount | null> {
  const own = (accounts: readonly WalletAccount[]) =>
    accounts.find((account) => account.address === address) ?? null;
  const known = own(wallet.accounts);
  if (known !== null) return known;
  try {
    const answer = await featureOf(wallet, 'standard:connect')?.connect(silent ? { silent } : {});
    return own(answer?.accounts ?? []);
  } catch (error) {
    if (silent) return null;
    throw toWalletError(error);
  }
}

function connected(wallet: AnyWallet, account: WalletAccount, cluster: Cluster): ConnectedWallet {
  const signing = featureOf(wallet, 'solana:signTransaction');
  if (signing === null) throw new WalletError('unable', wallet.name);
  const chain = `solana:${chainIdOf(cluster)}` as const;
  return {
    name: wallet.name,
    address: account.address,
    async signText(text) {
      const texts = featureOf(wallet, 'solana:signMessage');
      if (texts === null) throw new WalletError('unable', wallet.name);
      try {
        const message = new TextEncoder().encode(text);
        const [signed] = await texts.signMessage({ account, message });
        if (signed === undefined) throw new WalletError('failed', wallet.name);
        return encodeBase58(signed.signature);
      } catch (error) {
        throw toWalletError(error);
      }
    },
    async signTransaction(transaction) {
      // A wallet that is on another network would look at the transaction there, and warn of it.
      if (account.chains.length > 0 && !account.chains.includes(chain)) {
        throw new WalletError('otherChain', cluster);
      }
      try {
        const [signed] = await signing.signTransaction({ account, transaction, chain });
        if (signed === undefined) throw new WalletError('failed', wallet.name);
        return signed.signedTransaction;
      } catch (error) {
        throw toWalletError(error);
      }
    },
  };
}
