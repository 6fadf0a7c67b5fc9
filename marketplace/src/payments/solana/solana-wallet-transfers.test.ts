import type { Localnet } from '@node3/localnet/localnet';
import { baseUnits, toMoney } from '@node3/shared/money';
import bs58 from 'bs58';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keyOf, newWallet, PayoutTestbed } from '../testing/payout-testbed.ts';
import type { WalletTransfer, WalletTransfers } from '../wallet-transfers.ts';
import { readRentMinimum } from './chain-reads.ts';
import { createSolanaDepositSource } from './solana-deposit-source.ts';
import { createSolanaWalletTransfers } from './solana-wallet-transfers.ts';

let localnet: Localnet;
let testbed: PayoutTestbed;
let transfers: WalletTransfers;
const treasury = newWallet().address;

beforeAll(async () => {
  testbed = await PayoutTestbed.start();
  localnet = testbed.localnet;
  const { rpc, usdcMint } = testbed;
  transfers = createSolanaWalletTransfers({ rpc, treasury, usdcMint });
  localnet.airdrop(treasury, 1_000_000_000n);
});
afterAll(() => localnet.stop());

async function setUp(more: Partial<WalletTransfer> = {}) {
  const payer = await testbed.treasury(1_000_000_000n, 5_000_000n);
  const transfer: WalletTransfer = {
    wallet: payer.address,
    asset: 'SOL',
    amount: baseUnits(250_000_000n),
    reference: newWallet().address,
    memo: 'node3:test',
    ...more,
  };
  const built = await transfers.build(transfer);
  const message = built.transaction.subarray(65);
  const signed = async (bytes = message) =>
    Uint8Array.from([1, ...(await keyOf(payer).sign(bytes)), ...bytes]);
  return { payer, transfer, built, message, signed };
}

describe('a deposit that a wallet signs', () => {
  it.each([
    ['SOL', 250_000_000n],
    ['USDC', 1_500_000n],
  ] as const)(
    '[9.22] is built, sent as it is, and seen up to its finality: %s',
    async (asset, amount) => {
      const { payer, transfer, built, signed } = await setUp({ asset, amount: baseUnits(amount) });
      expect(built.transaction.subarray(1, 65).every((byte) => byte === 0)).toBe(true);
      expect(transfers.payerOf(built.transaction)).toBe(payer.address);
      expect(await transfers.progress(transfer.reference, null)).toEqual([]);
      const transaction = await signed();
      const { signature } = await transfers.send(transfer, transaction);
      expect(signature).toBe(bs58.encode(transaction.subarray(1, 65)));
      expect(await transfers.send(transfer, transaction)).toEqual({ signature });
      localnet.advanceSlots(1);
      const [seen] = await transfers.progress(transfer.reference, signature);
      expect(seen).toMatchObject({ signature, failed: false });
      expect(seen?.confirmations).toBeTypeOf('number');
      localnet.advanceSlots(40);
      expect(await transfers.progress(transfer.reference, null)).toEqual([
        { signature, commitment: 'finalized', confirmations: null, failed: false },
      ]);
      const { rpc, usdcMint } = testbed;
      const source = createSolanaDepositSource({ rpc, treasury, usdcMint });
      const found = await source.read(signature);
      expect(found).toMatchObject({ memos: [transfer.memo], received: [{ asset, amount }] });
      expect(found?.accounts).toContain(transfer.reference);
    },
  );

  it('is sent for nothing but what was built', async () => {
    const { transfer, message, signed } = await setUp();
    const refused = { code: 'TRANSACTION_FOREIGN' };
    const changed = Uint8Array.from(message);
    changed[changed.length - 3] = 0xff ^ (changed.at(-3) ?? 0);
    await expect(transfers.send(transfer, await signed(changed))).rejects.toMatchObject(refused);
    const other = { ...transfer, amount: baseUnits(1n) };
    await expect(transfers.send(other, await signed())).rejects.toMatchObject(refused);
    const stranger = { ...transfer, reference: newWallet().address };
    await expect(transfers.send(stranger, await signed())).rejects.toMatchObject(refused);
    for (const bytes of [new Uint8Array(), new Uint8Array(2_000), Uint8Array.from([1, 2, 3])]) {
      await expect(transfers.send(transfer, bytes)).rejects.toMatchObject(refused);
    }
    const unsigned = Uint8Array.from([1, ...new Uint8Array(64), ...message]);
    await expect(transfers.send(transfer, unsigned)).rejects.toMatchObject({
      code: 'SIGNATURE_INVALID',
    });
  });

  it('is too late once its blockhash is gone', async () => {
    const { transfer, signed } = await setUp();
    localnet.advanceSlots(400);
    await expect(transfers.send(transfer, await signed())).rejects.toMatchObject({
      code: 'TRANSACTION_EXPIRED',
    });
  });

  it('says which asset the wallet lacks, and how much', async () => {
    await expect(setUp({ amount: baseUnits(1_000_000_000n) })).rejects.toMatchObject({
      code: 'WALLET_FUNDS_INSUFFICIENT',
      context: { asset: 'SOL', balance: '1' },
    });
    await expect(setUp({ asset: 'USDC', amount: baseUnits(5_000_001n) })).rejects.toMatchObject({
      context: { asset: 'USDC', balance: '5', missing: '0.000001' },
    });
  });

  it('leaves a wallet nothing, or what the cluster lets it keep', async () => {
    const { built, payer } = await setUp();
    const has = 1_000_000_000n - built.feeLamports;
    const kept = baseUnits((await readRentMinimum(testbed.rpc, 0)) - 1n);
    await expect(setUp({ amount: baseUnits(has - 1n) })).rejects.toMatchObject({
      code: 'WALLET_FUNDS_INSUFFICIENT',
      context: { asset: 'SOL', missing: toMoney(kept, 'SOL').amount },
    });
    expect((await setUp({ amount: baseUnits(has) })).payer.address).not.toBe(payer.address);
  });

  it('counts the rent of an account that it opens, and has no fee where nobody knows it', async () => {
    const { rpc, usdcMint } = testbed;
    const { built, transfer } = await setUp();
    const usdc = { ...transfer, asset: 'USDC' as const, amount: baseUnits(1n) };
    const closed = createSolanaWalletTransfers({ rpc, treasury: newWallet().address, usdcMint });
    const { feeLamports } = await closed.build(usdc);
    expect(feeLamports - built.feeLamports).toBe(await readRentMinimum(rpc, 165));
    const behind: typeof rpc = {
      ...rpc,
      call: (method, params) =>
        method === 'getFeeForMessage'
          ? Promise.resolve({ context: { slot: 1 }, value: null })
          : rpc.call(method, params),
    };
    const blind = createSolanaWalletTransfers({ rpc: behind, treasury, usdcMint });
    await expect(blind.build(transfer)).rejects.toMatchObject({ code: 'CHAIN_UNAVAILABLE' });
  });
});
