import { describe, expect, it } from 'vitest';
import { connectWallet, preferWallet } from './connect-wallet.ts';
import type { AnyWallet } from './solana-wallet.ts';

interface Traits {
  name?: string;
  addresses?: string[];
  /** Whether it knows this page already. */
  trusts?: boolean;
  refuses?: boolean;
  signs?: boolean;
  /** The network it is on. */
  chain?: string;
}

function walletWith({
  name = 'One',
  addresses = [],
  trusts,
  refuses,
  signs = true,
  chain = 'solana:mainnet',
}: Traits) {
  const asked: boolean[] = [];
  const accounts = addresses.map((address) => ({
    address,
    publicKey: new Uint8Array(32),
    chains: [chain],
  }));
  const features: Record<string, unknown> = {
    'standard:connect': {
      async connect({ silent = false } = {}) {
        asked.push(silent);
        if (!silent && refuses === true) throw new Error('User rejected the request.');
        return { accounts: !silent || trusts === true ? accounts : [] };
      },
    },
  };
  if (signs) {
    features['solana:signTransaction'] = {
      async signTransaction({ transaction, chain }: { transaction: Uint8Array; chain: string }) {
        const mark = new TextEncoder().encode(chain);
        return [{ signedTransaction: Uint8Array.from([...transaction, ...mark]) }];
      },
    };
  }
  return { asked, wallet: { name, features, accounts: [] } as unknown as AnyWallet };
}

const wanted = { address: 'mine', cluster: 'mainnet-beta' as const };

describe('connecting a wallet', () => {
  it('takes the one that holds the account, without asking where it may', async () => {
    const other = walletWith({ name: 'Other', addresses: ['theirs'], trusts: true });
    const right = walletWith({ name: 'Right', addresses: ['x', 'mine'], trusts: true });
    const found = await connectWallet([other.wallet, right.wallet], wanted);
    expect(found).toMatchObject({ name: 'Right', address: 'mine' });
    expect([...other.asked, ...right.asked]).toEqual([true, true]);
  });

  it('asks the preferred one alone where none is known', async () => {
    const preferred = walletWith({ name: 'Preferred', addresses: ['mine'] });
    const second = walletWith({ addresses: ['mine'] });
    await connectWallet(preferWallet([second.wallet, preferred.wallet], 'Preferred'), wanted);
    expect(preferred.asked).toEqual([true, false]);
    expect(second.asked).toEqual([true]);
  });

  it.each([
    ['none', []],
    ['otherAccount', [walletWith({ addresses: ['theirs'], trusts: true }).wallet]],
    ['refused', [walletWith({ addresses: ['mine'], refuses: true }).wallet]],
    ['unable', [walletWith({ addresses: ['mine'], signs: false }).wallet]],
  ])('says %s where that is so', async (trouble, wallets) => {
    await expect(connectWallet(wallets, wanted)).rejects.toMatchObject({ trouble });
  });

  it('has a wallet of another network sign nothing', async () => {
    const { wallet } = walletWith({ addresses: ['mine'], chain: 'solana:devnet' });
    const connected = await connectWallet([wallet], wanted);
    await expect(connected.signTransaction(Uint8Array.of(7))).rejects.toMatchObject({
      trouble: 'otherChain',
    });
  });

  it('signs for the chain of the marketplace', async () => {
    const { wallet } = walletWith({ addresses: ['mine'] });
    const connected = await connectWallet([wallet], wanted);
    const signed = await connected.signTransaction(Uint8Array.of(7));
    expect(new TextDecoder().decode(signed)).toBe('\u0007solana:mainnet');
  });
});
