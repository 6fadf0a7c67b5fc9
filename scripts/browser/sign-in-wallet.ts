import { composeSignIn, type SignInFacts } from '@node3/shared/sign-in-message';
import type { WalletKey } from '@node3/shared/wallet-key';
import type { BrowserContext } from 'playwright-core';

export interface SignInWallet {
  /** What its owner does with the next requests; `stale` signs a text of before. */
  owner: 'signs' | 'refuses' | 'stale';
}

/** What the page's part is told. Bytes are numbers on their way. */
interface Signed {
  message: number[];
  signature: number[];
}

const name = 'Test Wallet';

/**
 * A wallet in every page of the browser, as the Wallet Standard has it. It signs with a real key, which
 * stays in this process.
 */
export async function addSignInWallet(
  context: BrowserContext,
  key: WalletKey,
): Promise<SignInWallet> {
  const wallet: SignInWallet = { owner: 'signs' };
  let before: SignInFacts | null = null;
  await context.exposeFunction('testWalletSigns', async (asked: SignInFacts): Promise<Signed> => {
    if (wallet.owner === 'refuses') throw new Error('User rejected the request.');
    const facts = wallet.owner === 'stale' && before !== null ? before : asked;
    before = facts;
    const message = new TextEncoder().encode(composeSignIn(facts, key.address));
    return { message: [...message], signature: [...(await key.sign(message))] };
  });
  await context.addInitScript(
    `(${register.toString()})(${JSON.stringify(key.address)}, '${name}')`,
  );
  return wallet;
}

/** Runs in the page, before its scripts. */
function register(address: string, walletName: string): void {
  const page = globalThis as unknown as EventTarget & {
    testWalletSigns(asked: object): Promise<Signed>;
  };
  const account = { address, publicKey: new Uint8Array(32), chains: [], features: [] };
  const wallet = {
    version: '1.0.0',
    name: walletName,
    icon: 'data:image/svg+xml;base64,PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciLz4=',
    chains: ['solana:localnet'],
    accounts: [account],
    features: {
      'standard:connect': { version: '1.0.0', connect: async () => ({ accounts: [account] }) },
      'solana:signIn': {
        version: '1.0.0',
        async signIn(asked: object) {
          const { message, signature } = await page.testWalletSigns(asked);
          return [
            {
              account,
              signedMessage: Uint8Array.from(message),
              signature: Uint8Array.from(signature),
            },
          ];
        },
      },
    },
  };
  const tell = (api: { register(one: object): void }) => api.register(wallet);
  page.dispatchEvent(new CustomEvent('wallet-standard:register-wallet', { detail: tell }));
  page.addEventListener('wallet-standard:app-ready', (event) =>
    tell((event as CustomEvent<{ register(one: object): void }>).detail),
  );
}
