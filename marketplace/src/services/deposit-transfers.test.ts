import { systemIds } from '@node3/shared/ids';
import { baseUnits } from '@node3/shared/money';
import { expect, it } from 'vitest';
import type { WalletTransfers } from '../payments/wallet-transfers.ts';
import type { DepositIntentRow, DepositStore } from '../store/deposit-store.ts';
import { absentTransfers } from '../testing/absent-transfers.ts';
import { buildDepositTransfer } from './deposit-transfers.ts';

const wallet = '4Nd1mBQtrMJVYVfKf2PJy9NZUZdTAsp7D4xWLs4gDB4T';

it('has no wallet sign what is too little to be credited by itself', async () => {
  const intent: DepositIntentRow = {
    intentId: 'int_x',
    accountId: 'acc_x',
    reference: wallet,
    asset: 'USDC',
    amount: null,
    createdAtMs: 0,
    expiresAtMs: 1,
  };
  const store = {
    depositIntent: () => Promise.resolve(intent),
    depositTag: (_: string, tag: string) => Promise.resolve(tag),
  } as unknown as DepositStore;
  const walletTransfers: WalletTransfers = {
    ...absentTransfers,
    build: () =>
      Promise.resolve({
        transaction: new Uint8Array(1),
        feeLamports: baseUnits(5_000n),
        lastValidBlockHeight: 1,
      }),
  };
  const deps = { store, ids: systemIds, walletTransfers, explorerUrl: () => null };
  const build = (amount: string) => buildDepositTransfer(deps, intent, { wallet, amount });
  await expect(build('0.009999')).rejects.toMatchObject({ code: 'AMOUNT_INVALID' });
  await expect(build('0')).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
  expect(await build('0.01')).toMatchObject({ money: { amount: '0.01' } });
});
