import { toMoney } from '@node3/shared/money';
import bs58 from 'bs58';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { operatorCapital } from '../domain/ledger-accounts.ts';
import type { Wallet } from '../payments/testing/payout-testbed.ts';
import { faucetPurposes } from '../payments/treasury-port.ts';
import { DepositTestbed, memo } from '../testing/deposit-testbed.ts';
import { assignDeposit } from './assign-deposit.ts';
import { claimDeposit } from './claim-deposit.ts';
import { fundTreasury } from './fund-treasury.ts';
import { startDepositCursors } from './start-deposit-cursors.ts';

let testbed: DepositTestbed;
let bob: Wallet;
let bobs: string;

beforeAll(async () => {
  testbed = await DepositTestbed.start();
  bob = await testbed.payer();
  bobs = await testbed.openAccount(bob.address);
});
afterAll(() => testbed.stop());

const claim = (signature: string, accountId = bobs) =>
  claimDeposit({ ...testbed.deps(), store: testbed.store }, accountId, signature);

const finalize = () => testbed.chain.localnet.advanceSlots(4);

describe('claimDeposit', () => {
  it('credits both assets to the wallet that sent them, before or after the watcher', async () => {
    for (const order of ['claim first', 'watcher first']) {
      const before = await testbed.available(bobs, 'SOL');
      const both = [testbed.sol(bob, 1_000_007n), testbed.usdc(bob, 9n)];
      const signature = await testbed.send([bob.keypair], ...both);
      await expect(claim(signature)).rejects.toMatchObject({ code: 'DEPOSIT_NOT_FOUND' });
      finalize();
      if (order === 'watcher first') await testbed.scan();
      const claimed = await claim(signature);
      expect(claimed.credited).toEqual([toMoney(1_000_007n, 'SOL'), toMoney(9n, 'USDC')]);
      expect(await claim(signature)).toEqual(claimed);
      await testbed.scan();
      expect(await testbed.available(bobs, 'SOL')).toBe(before + 1_000_007n);
      const other = await testbed.openAccount();
      await expect(claim(signature, other)).rejects.toMatchObject({ code: 'DEPOSIT_CLAIMED' });
    }
    expect(await testbed.drift()).toEqual({ SOL: 0n, USDC: 0n });
  });

  it('refuses the transaction of another wallet, and leaves it to that one', async () => {
    const other = await testbed.openAccount();
    const signature = await testbed.send([bob.keypair], testbed.sol(bob, 2_000_000n));
    finalize();
    await expect(claim(signature, other)).rejects.toThrow('did not come from the wallet');
    expect((await claim(signature)).credited).toEqual([toMoney(2_000_000n, 'SOL')]);
  });

  it('refuses what several wallets sent: only the operator can know', async () => {
    const second = await testbed.payer();
    const signature = await testbed.send(
      [bob.keypair, second.keypair],
      testbed.sol(bob, 2_000_000n),
      testbed.sol(second, 3_000_000n),
    );
    finalize();
    await expect(claim(signature)).rejects.toThrow('not clear from which wallet');
    const deps = { store: testbed.store, clock: testbed.chain.clock };
    const rows = await assignDeposit(deps, signature, bobs);
    expect(rows).toMatchObject([{ state: 'credited', route: 'operator', accountId: bobs }]);
    await expect(assignDeposit(deps, signature, null)).rejects.toMatchObject({
      code: 'DEPOSIT_STATE_INVALID',
    });
    await expect(assignDeposit(deps, 'x'.repeat(64), bobs)).rejects.toMatchObject({
      code: 'DEPOSIT_NOT_FOUND',
    });
    const nobody = assignDeposit(deps, signature, 'acc_00000000000000000000000000');
    await expect(nobody).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
  });

  it('refuses a payment that names somebody else, even from the wallet that sent it', async () => {
    const friend = await testbed.openAccount();
    const { memo: text } = await testbed.intent(friend);
    const gift = await testbed.send([bob.keypair], testbed.sol(bob, 2_000_000n), memo(text));
    const dust = await testbed.send([bob.keypair], testbed.sol(bob, 20_000n), memo(text));
    finalize();
    await expect(claim(gift)).rejects.toMatchObject({ code: 'DEPOSIT_CLAIMED' });
    expect(await testbed.available(friend, 'SOL')).toBe(2_000_000n);
    await expect(claim(dust)).rejects.toThrow('names another account');
  });

  it('refuses what failed, brought nothing, or never was', async () => {
    const tooMuch = testbed.usdc(bob, 10n ** 15n);
    const failed = await testbed.send([bob.keypair], testbed.sol(bob, 2_000_000n), tooMuch);
    const nothing = await testbed.send([bob.keypair], memo('hello'));
    finalize();
    await expect(claim(failed)).rejects.toMatchObject({ code: 'DEPOSIT_INVALID' });
    await expect(claim(nothing)).rejects.toMatchObject({ code: 'DEPOSIT_INVALID' });
    const unknown = bs58.encode(new Uint8Array(64).fill(9));
    await expect(claim(unknown)).rejects.toMatchObject({ code: 'DEPOSIT_NOT_FOUND' });
    const walletless = await testbed.openAccount(null);
    await expect(claim(failed, walletless)).rejects.toThrow('has no wallet');
  });

  it('does not credit again what a lost database had credited', async () => {
    const old = await testbed.send([bob.keypair], testbed.sol(bob, 2_000_000n));
    await testbed.scan();
    await testbed.restart(':memory:');
    const { store, source: deposits } = testbed;
    await startDepositCursors({ store, deposits });
    const accountId = await testbed.openAccount(bob.address);
    await expect(claim(old, accountId)).rejects.toMatchObject({ code: 'DEPOSIT_INVALID' });
    await testbed.scan();
    expect(await testbed.suspended('SOL')).toBe(0n);
  });
});

it('books an airdrop once, whether the watcher or whoever asked for it comes first', async () => {
  const { store, chain, treasury } = testbed;
  await testbed.openAccount(null);
  for (const order of ['watcher first', 'asker first']) {
    const before = await testbed.available(testbed.operatorAccountId, 'SOL');
    const capital = await store.ledgerBalance(operatorCapital, 'SOL');
    const airdrop = async () => {
      const signature = chain.localnet.airdrop(treasury.address, 2_000_000_000n);
      await store.addTreasurySignature(signature, faucetPurposes.operator, 0);
      if (order === 'watcher first') await testbed.scan();
      else finalize();
      return { signature };
    };
    const port = {
      wallet: treasury.address,
      usdcMint: chain.usdcMint,
      rpcUrl: '',
      balances: async () => ({ SOL: null, USDC: null }),
      airdrop,
    };
    const { credited } = await fundTreasury({ ...testbed.deps(), store, treasury: port });
    await testbed.scan();
    const gained = (await testbed.available(testbed.operatorAccountId, 'SOL')) - before;
    const apart = (await store.ledgerBalance(operatorCapital, 'SOL')) - capital;
    expect(credited).toEqual(toMoney(gained, 'SOL'));
    expect(gained + apart).toBe(2_000_000_000n);
    expect(await testbed.suspended('SOL')).toBe(0n);
  }
});
