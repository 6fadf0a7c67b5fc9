import { createTransferCheckedInstruction } from '@solana/spl-token';
import { PublicKey } from '@solana/web3.js';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { chainTreasury } from '../domain/ledger-accounts.ts';
import { usdcAccountOf } from './solana/transaction-builder.ts';
import {
  newWallet,
  type PayoutProcess,
  PayoutTestbed,
  type Wallet,
} from './testing/payout-testbed.ts';

let testbed: PayoutTestbed;
let current: PayoutProcess;
let treasury: Wallet;

beforeAll(async () => {
  testbed = await PayoutTestbed.start();
});
afterAll(() => testbed.localnet.stop());
beforeEach(async () => {
  treasury = await testbed.treasury();
  current = testbed.open({ path: ':memory:', treasury, settings: { restAfterFailureMs: 0 } });
  await testbed.addCapital(current, 10_000_000_000n);
});
afterEach(async () => {
  testbed.localnet.faults.clear();
  testbed.localnet.setRent(5_080n);
  await current.close();
});

/** Sends the next payment, but lets it land only after `meanwhile` has happened on chain. */
async function landAfter(meanwhile: () => Promise<void>): Promise<void> {
  testbed.localnet.faults.add({ method: 'sendTransaction', action: 'delay', slots: 3 });
  await current.engine.step(testbed.clock.nowMs());
  await meanwhile();
  testbed.localnet.advanceSlots(3);
}

async function expectLedgerMatchesChain(): Promise<void> {
  expect((await current.store.verifyLedger()).problems).toEqual([]);
  const ledger = await current.store.ledgerBalance(chainTreasury, 'SOL');
  expect(ledger).toBe(await testbed.lamportsOf(treasury.address));
}

describe('what the chain makes of a payment', () => {
  it('[P34] lets a wallet that fell below the rent minimum wait, and pays the others', async () => {
    const [poor, good] = [newWallet(), newWallet()];
    testbed.localnet.airdrop(poor.address, 1_000_000n);
    testbed.localnet.advanceSlots(4);
    const poorId = await testbed.addPayout(current, poor.address, 'SOL', 1_000n);
    await testbed.addPayout(current, good.address, 'SOL', 5_000_000n);
    // All but the fee leaves the wallet, which then is gone: 1000 lamports can't open it again.
    await landAfter(() => testbed.sendAs(poor, newWallet().address, 995_000n));
    await testbed.settle(current, 60);
    expect(await testbed.lamportsOf(good.address)).toBe(5_000_000n);
    expect(await current.store.payout(poorId)).toMatchObject({
      state: 'due',
      waitReason: 'below_rent',
    });
    await testbed.addPayout(current, poor.address, 'SOL', 2_000_000n);
    await testbed.settle(current, 60);
    expect(await testbed.lamportsOf(poor.address)).toBe(2_001_000n);
    await expectLedgerMatchesChain();
  });

  it('[P35] holds a frozen account, before sending and when it freezes on the way', async () => {
    const [early, late, good] = [newWallet(), newWallet(), newWallet()];
    for (const { address } of [early, late, good]) testbed.localnet.mintUsdc(address, 1n);
    testbed.localnet.setUsdcFrozen(early.address, 'frozen');
    testbed.localnet.advanceSlots(4);
    const ids = [];
    for (const { address } of [early, late]) {
      ids.push(await testbed.addPayout(current, address, 'USDC', 2_000_000n));
    }
    await testbed.addPayout(current, good.address, 'USDC', 2_000_000n);
    await landAfter(async () => {
      testbed.localnet.setUsdcFrozen(late.address, 'frozen');
    });
    await testbed.settle(current, 60);
    for (const id of ids) {
      const held = await current.store.payout(id);
      expect(held).toMatchObject({ state: 'held', holdReason: 'token_account_frozen' });
    }
    expect(await testbed.usdcOf(good.address)).toBe(2_000_001n);
    for (const { address } of [early, late]) testbed.localnet.setUsdcFrozen(address, 'thawed');
    testbed.localnet.advanceSlots(4);
    for (const id of ids) expect(await current.store.releasePayout(id, [])).toBe(true);
    await testbed.settle(current, 60);
    for (const { address } of [early, late]) expect(await testbed.usdcOf(address)).toBe(2_000_001n);
    await expectLedgerMatchesChain();
  });

  it('[P40] leaves all due and says so when the treasury runs short of USDC', async () => {
    const wallet = newWallet();
    testbed.localnet.mintUsdc(wallet.address, 1n);
    testbed.localnet.advanceSlots(4);
    await testbed.addPayout(current, wallet.address, 'USDC', 900_000_000n);
    await landAfter(() => moveUsdcByHand(newWallet().address, 500_000_000n));
    const report = await testbed.settle(current, 60);
    expect(report.waiting).toBe('the treasury wallet is short of USDC');
    expect(await current.store.countPayouts()).toMatchObject({ due: 1, held: 0 });
    testbed.localnet.mintUsdc(treasury.address, 500_000_000n);
    testbed.localnet.advanceSlots(4);
    await testbed.settle(current, 60);
    expect(await testbed.usdcOf(wallet.address)).toBe(900_000_001n);
  });

  it('[P41] [P42] leaves all due while SOL for fee, rent or itself is missing', async () => {
    const wallet = newWallet();
    await testbed.addPayout(current, wallet.address, 'SOL', 2_000_000_000n);
    const leaves = (await testbed.lamportsOf(treasury.address)) - 2_000_000_000n;
    await landAfter(() => testbed.sendAs(treasury, newWallet().address, leaves - 100_000n));
    const report = await testbed.settle(current, 60);
    expect(report.waiting).toBe('the treasury wallet is short of SOL');
    expect(await current.store.countPayouts()).toMatchObject({ due: 1, held: 0 });
    expect(await testbed.lamportsOf(wallet.address)).toBe(0n);
    testbed.localnet.airdrop(treasury.address, 1_000_000_000n);
    testbed.localnet.advanceSlots(4);
    await testbed.settle(current, 60);
    expect(await testbed.lamportsOf(wallet.address)).toBe(2_000_000_000n);
  });

  async function moveUsdcByHand(to: string, amount: bigint): Promise<void> {
    testbed.localnet.mintUsdc(to, 1n);
    const mint = new PublicKey(testbed.usdcMint);
    const [from, target] = [treasury.address, to].map(
      (wallet) => new PublicKey(usdcAccountOf(testbed.usdcMint, wallet)),
    );
    if (from === undefined || target === undefined) throw new Error('two accounts were asked for');
    const owner = treasury.keypair.publicKey;
    await testbed.sendInstructions(treasury, [
      createTransferCheckedInstruction(from, mint, target, owner, amount, 6),
    ]);
  }
});

describe('rent', () => {
  it('[P50] may rise and fall while payouts go on', async () => {
    for (const lamportsPerByte of [6_960n, 5_080n, 696n, 6_960n]) {
      const before = newWallet();
      await testbed.addPayout(current, before.address, 'SOL', 5_000_000n);
      await testbed.settle(current);
      expect(await testbed.lamportsOf(before.address)).toBe(5_000_000n);
      testbed.localnet.setRent(lamportsPerByte);
      const after = newWallet();
      await testbed.addPayout(current, after.address, 'SOL', 5_000_000n);
      // The first trial may still be made at the old price; it costs nothing.
      await testbed.step(current.engine);
      await testbed.settle(current);
      expect(await testbed.lamportsOf(after.address)).toBe(5_000_000n);
    }
    expect(await current.store.countPayouts()).toMatchObject({ finalized: 8, held: 0 });
    await expectLedgerMatchesChain();
  });

  it('[P14] [P47] comes back only when no attempt and no backup can need the receipt', async () => {
    await testbed.addPayout(current, newWallet().address, 'SOL', 5_000_000n);
    await testbed.settle(current);
    const days = (count: number) => count * 86_400_000;
    const reclaimed = async (advanceMs: number) => {
      testbed.clock.advance(advanceMs);
      let count = 0;
      for (let i = 0; i < 5; i += 1) {
        count += (await testbed.step(current.engine)).reclaimed;
        testbed.localnet.advanceSlots(4);
        testbed.clock.advance(61_000);
      }
      return count;
    };
    expect(await reclaimed(days(6))).toBe(0);
    expect(await reclaimed(days(1))).toBe(1);
    expect(await reclaimed(days(30))).toBe(0);
    await expectLedgerMatchesChain();
  });
});
