import { systemIds } from '@node3/shared/ids';
import { type Asset, toMoney } from '@node3/shared/money';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { suspense, suspenseRefunding, userWithdrawing } from '../domain/ledger-accounts.ts';
import { newWallet, type Wallet } from '../payments/testing/payout-testbed.ts';
import { DepositTestbed, memo } from '../testing/deposit-testbed.ts';
import { cancelPayout } from './cancel-payout.ts';
import { claimDeposit } from './claim-deposit.ts';
import { viewAdminDeposit } from './deposit-views.ts';
import { findOwnWithdrawal, listWithdrawals } from './read-withdrawal.ts';
import { refundDeposit } from './refund-deposit.ts';
import { requestWithdrawal } from './request-withdrawal.ts';

let testbed: DepositTestbed;
let bob: Wallet;
let woken = 0;

beforeAll(async () => {
  testbed = await DepositTestbed.start();
  await testbed.addCapital();
  bob = await testbed.payer();
});
afterAll(() => testbed.stop());

const deps = () => ({
  store: testbed.store,
  clock: testbed.chain.clock,
  ids: systemIds,
  explorerUrl: () => null,
  wakePayouts: () => {
    woken += 1;
  },
});

const withdraw = (accountId: string, amount: bigint, asset: Asset, key: string | null = null) =>
  requestWithdrawal(deps(), { accountId, money: toMoney(amount, asset), idempotencyKey: key });

/** An account that has deposited this. */
async function funded(lamports: bigint, microUsdc: bigint) {
  const wallet = await testbed.payer();
  const accountId = await testbed.openAccount(wallet.address);
  const { memo: text } = await testbed.intent(accountId);
  const transfers = [testbed.sol(wallet, lamports), testbed.usdc(wallet, microUsdc)];
  await testbed.send([wallet.keypair], ...transfers, memo(text));
  await testbed.scan();
  return { wallet, accountId };
}

async function expectExact(): Promise<void> {
  await testbed.chain.settle(testbed.process);
  testbed.chain.localnet.advanceSlots(4);
  expect(await testbed.drift()).toEqual({ SOL: 0n, USDC: 0n });
  expect(await testbed.store.verifyLedger()).toEqual({ balanced: true, problems: [] });
}

describe('a withdrawal', () => {
  it('[7.20] pays both assets to the wallet of the account, batched with what agents earned', async () => {
    const { wallet, accountId } = await funded(50_000_000n, 5_000_000n);
    const before = await testbed.chain.lamportsOf(wallet.address);
    const wakes = woken;
    const sol = await withdraw(accountId, 20_000_000n, 'SOL');
    const usdc = await withdraw(accountId, 5_000_000n, 'USDC');
    expect(woken).toBe(wakes + 2);
    expect(await testbed.available(accountId, 'SOL')).toBe(30_000_000n);
    expect(await testbed.store.ledgerBalance(userWithdrawing(accountId), 'SOL')).toBe(20_000_000n);
    const agent = newWallet();
    const { chain, process } = testbed;
    const earned = await testbed.addEarning(agent.address, 3_000_000n);
    await chain.settle(process);
    const paid = await testbed.store.payout(sol.payout.payoutId);
    expect(paid).toMatchObject({ state: 'finalized', kind: 'withdrawal', wallet: wallet.address });
    expect((await testbed.store.payout(earned))?.batchId).toBe(paid?.batchId);
    expect(await testbed.store.payout(usdc.payout.payoutId)).toMatchObject({ state: 'finalized' });
    expect(await chain.lamportsOf(wallet.address)).toBe(before + 20_000_000n);
    expect(await chain.usdcOf(wallet.address)).toBe(1_000_000_000n);
    expect(await testbed.store.ledgerBalance(userWithdrawing(accountId), 'SOL')).toBe(0n);
    const { data } = await listWithdrawals(deps(), accountId, {});
    expect(data.map(({ withdrawalId, state }) => [withdrawalId, state])).toEqual([
      [usdc.payout.payoutId, 'finalized'],
      [sol.payout.payoutId, 'finalized'],
    ]);
    await expectExact();
  });

  it('happens once per key, never beyond the balance, and not for crumbs', async () => {
    const { accountId } = await funded(10_000_000n, 1_000_000n);
    const first = await withdraw(accountId, 4_000_000n, 'SOL', 'key');
    const again = await withdraw(accountId, 4_000_000n, 'SOL', 'key');
    expect(again).toEqual({ payout: first.payout, replayed: true });
    await expect(withdraw(accountId, 5_000_000n, 'SOL', 'key')).rejects.toMatchObject({
      code: 'IDEMPOTENCY_MISMATCH',
    });
    await expect(withdraw(accountId, 6_000_001n, 'SOL')).rejects.toMatchObject({
      code: 'FUNDS_INSUFFICIENT',
    });
    await expect(withdraw(accountId, 999_999n, 'SOL')).rejects.toThrow('at least 0.001 SOL');
    await expect(withdraw(accountId, 99_999n, 'USDC')).rejects.toThrow('at least 0.1 USDC');
    const other = await testbed.openAccount();
    await expect(findOwnWithdrawal(deps(), first.payout.payoutId, other)).rejects.toMatchObject({
      code: 'PAYOUT_NOT_FOUND',
    });
    const operator = await testbed.openAccount(null);
    await expect(withdraw(operator, 1_000_000n, 'SOL')).rejects.toMatchObject({
      code: 'AUTH_FORBIDDEN',
    });
    await expectExact();
  });

  it('can be asked for so often a day', async () => {
    const { accountId } = await funded(50_000_000n, 1_000_000n);
    for (let count = 0; count < 20; count += 1) await withdraw(accountId, 1_000_000n, 'SOL');
    await expect(withdraw(accountId, 1_000_000n, 'SOL')).rejects.toMatchObject({
      code: 'RATE_LIMITED',
    });
    testbed.chain.clock.advance(86_400_001);
    await withdraw(accountId, 1_000_000n, 'SOL');
    await expectExact();
  });

  it('can be taken back while it is due or held, and not once it is signed', async () => {
    const { accountId } = await funded(10_000_000n, 1_000_000n);
    const due = await withdraw(accountId, 4_000_000n, 'SOL');
    const { payoutId } = due.payout;
    expect(await cancelPayout(deps(), payoutId, 'requester')).toMatchObject({ state: 'cancelled' });
    expect(await testbed.available(accountId, 'SOL')).toBe(10_000_000n);
    await expect(cancelPayout(deps(), payoutId, 'requester')).rejects.toMatchObject({
      code: 'PAYOUT_STATE_INVALID',
    });
    const held = (await withdraw(accountId, 4_000_000n, 'SOL')).payout.payoutId;
    await testbed.store.holdPayouts([{ payoutId: held, reason: 'token_account_frozen' }], []);
    const { data } = await listWithdrawals(deps(), accountId, { limit: 1 });
    expect(data).toMatchObject([{ state: 'held', holdReason: 'token_account_frozen' }]);
    await cancelPayout(deps(), held, 'operator');
    const signed = (await withdraw(accountId, 4_000_000n, 'SOL')).payout.payoutId;
    await testbed.chain.step(testbed.process.engine);
    await expect(cancelPayout(deps(), signed, 'requester')).rejects.toThrow('only what is due');
    const earned = await testbed.addEarning(newWallet().address, 3_000_000n);
    await expect(cancelPayout(deps(), earned, 'operator')).rejects.toThrow('has earned');
    await expect(cancelPayout(deps(), 'pay_none', 'operator')).rejects.toMatchObject({
      code: 'PAYOUT_NOT_FOUND',
    });
    await expectExact();
    expect(await testbed.available(accountId, 'SOL')).toBe(6_000_000n);
  });
});

describe('a refund', () => {
  it('[P93] goes to the owner of what was spent, never to who paid the fee', async () => {
    const sponsor = await testbed.payer();
    const owner = await testbed.payer();
    const paid = [testbed.usdc(owner, 3_000_000n), memo('for nobody')];
    const signature = await testbed.send([sponsor.keypair, owner.keypair], ...paid);
    await testbed.scan();
    const before = await testbed.chain.usdcOf(sponsor.address);
    const [started] = await refundDeposit(deps(), signature);
    expect(started).toMatchObject({ state: 'refunding', sourceOwner: owner.address });
    expect(await testbed.store.ledgerBalance(suspenseRefunding, 'USDC')).toBe(3_000_000n);
    // Meanwhile it is nobody's to claim, and not to be sent twice.
    const claim = { ...testbed.deps(), store: testbed.store };
    const accountId = await testbed.openAccount(owner.address);
    await expect(claimDeposit(claim, accountId, signature)).rejects.toMatchObject({
      code: 'DEPOSIT_CLAIMED',
    });
    await expect(refundDeposit(deps(), signature)).rejects.toMatchObject({
      code: 'DEPOSIT_STATE_INVALID',
    });
    await testbed.chain.settle(testbed.process);
    expect(await testbed.chain.usdcOf(owner.address)).toBe(1_000_000_000n);
    expect(await testbed.chain.usdcOf(sponsor.address)).toBe(before);
    const [row] = await testbed.depositOf(signature);
    if (row !== undefined) expect(viewAdminDeposit(deps(), row).state).toBe('refunded');
    await expectExact();
  });

  it('is refused where nobody, or several, can be paid back', async () => {
    const other = await testbed.payer();
    const both = [testbed.usdc(bob, 1_000_000n), testbed.usdc(other, 1_000_000n)];
    const signature = await testbed.send([bob.keypair, other.keypair], ...both);
    await testbed.scan();
    await expect(refundDeposit(deps(), signature)).rejects.toThrow('several wallets');
    await expect(refundDeposit(deps(), 'x'.repeat(64))).rejects.toMatchObject({
      code: 'DEPOSIT_NOT_FOUND',
    });
    await expectExact();
  });

  it('that is cancelled leaves the deposit to be claimed, or refunded again', async () => {
    const owner = await testbed.payer();
    const accountId = await testbed.openAccount(owner.address);
    const signature = await testbed.send([owner.keypair], testbed.sol(owner, 3_000_000n));
    await testbed.scan();
    const waiting = await testbed.store.ledgerBalance(suspense, 'SOL');
    for (let time = 0; time < 2; time += 1) {
      const [started] = await refundDeposit(deps(), signature);
      await cancelPayout(deps(), started?.payoutId ?? '', 'operator');
      expect(await testbed.store.ledgerBalance(suspense, 'SOL')).toBe(waiting);
    }
    const claim = { ...testbed.deps(), store: testbed.store };
    const { credited } = await claimDeposit(claim, accountId, signature);
    expect(credited).toEqual([toMoney(3_000_000n, 'SOL')]);
    await expectExact();
  });
});
