import { decodeAddress, type WalletKey } from '@node3/shared/wallet-key';
import type { Page } from 'playwright-core';

/**
 * Gives a page a wallet of the Wallet Standard, before it loads, whose key stays in this process. What
 * it signs it signs without asking. `chains`: the networks that it says it is on.
 */
export async function installTestWallet(
  page: Page,
  wallet: WalletKey,
  chains: readonly string[] = ['solana:localnet'],
): Promise<void> {
  await page.exposeFunction('signAsTestWallet', async (base64: string) =>
    Buffer.from(await wallet.sign(Buffer.from(base64, 'base64'))).toString('base64'),
  );
  const account = {
    address: wallet.address,
    publicKey: [...decodeAddress(wallet.address)],
    chains,
  };
  await page.addInitScript(registerWallet, account);
}

interface InitAccount {
  address: string;
  publicKey: number[];
  chains: readonly string[];
}

interface Registry {
  register(wallet: object): void;
}

interface WalletWindow {
  signAsTestWallet(base64: string): Promise<string>;
  addEventListener(name: string, listener: (event: CustomEvent<Registry>) => void): void;
  dispatchEvent(event: CustomEvent): void;
}

/** Runs in the page, so it can use nothing from here. */
function registerWallet({ address, publicKey, chains }: InitAccount): void {
  const page = globalThis as unknown as WalletWindow;
  const sign = async (bytes: Uint8Array) => {
    const signature = await page.signAsTestWallet(btoa(String.fromCharCode(...bytes)));
    return Uint8Array.from(atob(signature), (char) => char.charCodeAt(0));
  };
  const features = ['solana:signTransaction', 'solana:signMessage'];
  const account = { address, publicKey: Uint8Array.from(publicKey), chains, features };
  const wallet = {
    version: '1.0.0',
    name: 'Test wallet',
    icon: 'data:image/svg+xml,%3Csvg xmlns="http://www.w3.org/2000/svg"/%3E',
    chains,
    accounts: [account],
    features: {
      'standard:connect': { version: '1.0.0', connect: async () => ({ accounts: [account] }) },
      'solana:signMessage': {
        version: '1.1.0',
        signMessage: async ({ message }: { message: Uint8Array }) => [
          { signedMessage: message, signature: await sign(message) },
        ],
      },
      'solana:signTransaction': {
        version: '1.0.0',
        supportedTransactionVersions: ['legacy'],
        signTransaction: async ({ transaction }: { transaction: Uint8Array }) => {
          const message = transaction.subarray(65);
          const signature = await sign(message);
          return [{ signedTransaction: Uint8Array.from([1, ...signature, ...message]) }];
        },
      },
    },
  };
  const register = (registry: Registry) => registry.register(wallet);
  page.addEventListener('wallet-standard:app-ready', ({ detail }) => register(detail));
  page.dispatchEvent(new CustomEvent('wallet-standard:register-wallet', { detail: register }));
}
