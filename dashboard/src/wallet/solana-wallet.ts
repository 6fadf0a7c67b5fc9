import type { getWallets } from '@wallet-standard/app';

/** A wallet that registered itself by the Wallet Standard, with whatever it can do. */
export type AnyWallet = ReturnType<ReturnType<typeof getWallets>['get']>[number];
export type WalletAccount = AnyWallet['accounts'][number];

/** What a wallet gives back for something it signed. */
interface SignedMessage {
  signedMessage: Uint8Array;
  signature: Uint8Array;
}

/** The features that are used here, in the words of the Wallet Standard and its Solana extensions. */
interface Features {
  'standard:connect': {
    connect(input?: { silent?: boolean }): Promise<{ accounts: readonly WalletAccount[] }>;
  };
  'solana:signIn': { signIn(input: object): Promise<readonly SignedMessage[]> };
  'solana:signMessage': {
    signMessage(input: {
      account: WalletAccount;
      message: Uint8Array;
    }): Promise<readonly SignedMessage[]>;
  };
  'solana:signTransaction': {
    signTransaction(input: {
      account: WalletAccount;
      transaction: Uint8Array;
      chain: string;
    }): Promise<readonly { signedTransaction: Uint8Array }[]>;
  };
}

/** A feature of a wallet; null where it has not got it. */
export function featureOf<Name extends keyof Features>(
  wallet: AnyWallet,
  name: Name,
): Features[Name] | null {
  return (wallet.features[name] as Features[Name] | undefined) ?? null;
}

/** Whether its owner can sign in here with it. */
export function canSignIn(wallet: AnyWallet): boolean {
  if (featureOf(wallet, 'solana:signIn') !== null) return true;
  return (
    featureOf(wallet, 'solana:signMessage') !== null &&
    featureOf(wallet, 'standard:connect') !== null
  );
}
