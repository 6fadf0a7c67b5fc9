import { Keypair, PublicKey } from '@solana/web3.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Localnet } from './localnet.ts';
import { callRpc, openLocalnet } from './testing/open-localnet.ts';
import { connect } from './testing/web3-client.ts';

let localnet: Localnet;
const levels = ['processed', 'confirmed', 'finalized'] as const;

beforeAll(async () => {
  localnet = await openLocalnet({ confirmedLagSlots: 2, finalizedLagSlots: 4 });
  localnet.advanceSlots(10);
});

afterAll(() => localnet.stop());

async function balances(rpcUrl: string, address: string): Promise<number[]> {
  const connection = connect({ ...localnet, rpcUrl });
  const publicKey = new PublicKey(address);
  return Promise.all(levels.map((level) => connection.getBalance(publicKey, level)));
}

async function result(method: string, params: readonly unknown[]): Promise<unknown> {
  return (await callRpc(localnet.rpcUrl, method, params)).result;
}

describe('commitments', () => {
  it('shows an account at each commitment only once its slot got there', async () => {
    const address = Keypair.generate().publicKey.toBase58();
    localnet.airdrop(address, 1_000_000n);
    expect(await balances(localnet.rpcUrl, address)).toEqual([1_000_000, 0, 0]);
    localnet.advanceSlots(1);
    localnet.airdrop(address, 500_000n);
    expect(await balances(localnet.rpcUrl, address)).toEqual([1_500_000, 0, 0]);
    localnet.advanceSlots(1);
    expect(await balances(localnet.rpcUrl, address)).toEqual([1_500_000, 1_000_000, 0]);
    localnet.advanceSlots(2);
    expect(await balances(localnet.rpcUrl, address)).toEqual([1_500_000, 1_500_000, 1_000_000]);
    localnet.advanceSlots(1);
    expect(await balances(localnet.rpcUrl, address)).toEqual([1_500_000, 1_500_000, 1_500_000]);
  });

  it('finds program accounts as they were at the commitment', async () => {
    const owner = Keypair.generate().publicKey.toBase58();
    const count = async (commitment: string) => {
      const params = [owner, { mint: localnet.usdcMint }, { commitment, encoding: 'jsonParsed' }];
      const found = (await result('getTokenAccountsByOwner', params)) as { value: unknown[] };
      return found.value.length;
    };
    localnet.mintUsdc(owner, 1n);
    expect(await Promise.all(levels.map(count))).toEqual([1, 0, 0]);
    localnet.advanceSlots(4);
    expect(await Promise.all(levels.map(count))).toEqual([1, 1, 1]);
  });

  it('dates statuses, transactions and address history alike', async () => {
    const address = Keypair.generate().publicKey.toBase58();
    const signature = localnet.airdrop(address, 1_000_000n);
    const look = async () => {
      const statuses = (await result('getSignatureStatuses', [[signature]])) as {
        value: ({ confirmationStatus: string } | null)[];
      };
      const visible = async (commitment: string) => {
        const config = { commitment, maxSupportedTransactionVersion: 1 };
        const list = (await result('getSignaturesForAddress', [address, config])) as unknown[];
        const one = await result('getTransaction', [signature, config]);
        return [list.length === 1, one !== null];
      };
      const seen = await Promise.all(['confirmed', 'finalized'].map(visible));
      return [statuses.value[0]?.confirmationStatus, ...seen.flat()];
    };
    expect(await look()).toEqual(['processed', false, false, false, false]);
    localnet.advanceSlots(2);
    expect(await look()).toEqual(['confirmed', true, true, false, false]);
    localnet.advanceSlots(2);
    expect(await look()).toEqual(['finalized', true, true, true, true]);
  });

  it('refuses to look into blocks that are only processed', async () => {
    const { error } = await callRpc(localnet.rpcUrl, 'getBlock', [1, { commitment: 'processed' }]);
    expect(error).toMatchObject({ code: -32602 });
    const signature = localnet.mintUsdc(localnet.faucetAddress, 1n);
    localnet.advanceSlots(4);
    const block = await result('getBlock', [localnet.slot() - 4, { commitment: 'finalized' }]);
    expect(block).toMatchObject({
      blockHeight: localnet.slot() - 4,
      transactions: [{ transaction: { signatures: [signature] }, meta: { err: null } }],
    });
    const late = await callRpc(localnet.rpcUrl, 'getBlock', [localnet.slot(), {}]);
    expect(late.error).toMatchObject({ code: -32004 });
  });

  it('gives older blockhashes at higher commitments and honours minContextSlot', async () => {
    const heights = await Promise.all(
      levels.map(async (commitment) => {
        const latest = (await result('getLatestBlockhash', [{ commitment }])) as {
          value: { lastValidBlockHeight: number };
        };
        return latest.value.lastValidBlockHeight - 150;
      }),
    );
    const slot = localnet.slot();
    expect(heights).toEqual([slot, slot - 2, slot - 4]);
    const early = await callRpc(localnet.rpcUrl, 'getSlot', [{ minContextSlot: slot }]);
    expect(early.error).toMatchObject({ code: -32016, data: { contextSlot: slot - 4 } });
  });
});

describe('a lagging node', () => {
  it('shows an older chain everywhere', async () => {
    const node = await localnet.openNode({ lagSlots: 5 });
    const address = Keypair.generate().publicKey.toBase58();
    localnet.airdrop(address, 1_000_000n);
    localnet.advanceSlots(4);
    expect(await balances(localnet.rpcUrl, address)).toEqual([1_000_000, 1_000_000, 1_000_000]);
    expect(await balances(node.rpcUrl, address)).toEqual([0, 0, 0]);
    localnet.advanceSlots(1);
    expect(await balances(node.rpcUrl, address)).toEqual([1_000_000, 0, 0]);
    const slot = await callRpc(node.rpcUrl, 'getSlot', [{ commitment: 'processed' }]);
    expect(slot.result).toBe(localnet.slot() - 5);
    await node.stop();
    await expect(callRpc(node.rpcUrl, 'getSlot')).rejects.toThrow();
  });
});
