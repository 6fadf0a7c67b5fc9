import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { chainTreasury, rentFloat } from '../domain/ledger-accounts.ts';
import {
  newWallet,
  type PayoutProcess,
  PayoutTestbed,
  type Wallet,
} from './testing/payout-testbed.ts';

let testbed: PayoutTestbed;
let folder: string;
let treasury: Wallet;
let current: PayoutProcess;

beforeAll(async () => {
  testbed = await PayoutTestbed.start();
});
afterAll(() => testbed.localnet.stop());
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'node3-payout-'));
  treasury = await testbed.treasury();
  current = testbed.open({ path: join(folder, 'market.db'), treasury });
  await testbed.addCapital(current, 10_000_000_000n);
});
afterEach(async () => {
  testbed.localnet.faults.clear();
  await current.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The ledger balances and says of the treasury what the chain says. */
async function expectLedgerMatchesChain(): Promise<void> {
  expect(await current.store.verifyLedger()).toEqual({ balanced: true, problems: [] });
  expect(await current.store.ledgerBalance(chainTreasury, 'SOL')).toBe(
    await testbed.lamportsOf(treasury.address),
  );
}

describe('payouts on the embedded chain', () => {
  it('[7.01] [7.08] pays SOL to a fresh wallet and shows every state on the way', async () => {
    const wallet = newWallet();
    const payoutId = await testbed.addPayout(current, wallet.address, 'SOL', 5_000_000n);
    await testbed.settle(current);

    expect(await testbed.lamportsOf(wallet.address)).toBe(5_000_000n);
    const payout = await current.store.payout(payoutId);
    expect(payout).toMatchObject({ state: 'finalized', holdReason: null });
    expect(payout?.signature).toMatch(/^[1-9A-HJ-NP-Za-km-z]{80,88}$/);
    const events = await current.store.eventsAfter(0, 100);
    expect(events.map((event) => event.name)).toEqual([
      'payout.batched',
      'payout.submitted',
      'payout.confirmed',
      'payout.finalized',
    ]);
    expect(events.at(-1)?.data).toMatchObject({ payoutId, signature: payout?.signature });
    await expectLedgerMatchesChain();
  });

  it('[7.02] [P36] pays USDC to wallets with and without a USDC account, in one transaction', async () => {
    const known = newWallet();
    const fresh = newWallet();
    testbed.localnet.mintUsdc(known.address, 1n);
    testbed.localnet.advanceSlots(4);
    await testbed.addPayout(current, known.address, 'USDC', 2_000_000n);
    await testbed.addPayout(current, fresh.address, 'USDC', 3_000_000n);
    await testbed.addPayout(current, fresh.address, 'USDC', 500_000n);
    await testbed.settle(current);

    expect(await testbed.usdcOf(known.address)).toBe(2_000_001n);
    expect(await testbed.usdcOf(fresh.address)).toBe(3_500_000n);
    const rows = await current.store.listPayouts({ agentId: null, beforePayoutId: null, limit: 9 });
    expect(new Set(rows.map((row) => row.signature)).size).toBe(1);
    expect(await current.store.countPayouts()).toMatchObject({ finalized: 3, due: 0 });
    await expectLedgerMatchesChain();
  });

  it('[7.09] puts as many payouts into one transaction as fit, and the rest into the next', async () => {
    const wallets = Array.from({ length: 20 }, newWallet);
    for (const { address } of wallets) await testbed.addPayout(current, address, 'SOL', 1_000_000n);
    await testbed.settle(current);

    for (const { address } of wallets) expect(await testbed.lamportsOf(address)).toBe(1_000_000n);
    const rows = await current.store.listPayouts({
      agentId: null,
      beforePayoutId: null,
      limit: 99,
    });
    const sizes = Map.groupBy(rows, (row) => row.signature);
    expect([...sizes.values()].map((batch) => batch.length).sort((a, b) => b - a)).toEqual([16, 4]);
    await expectLedgerMatchesChain();
  });

  it('[7.06] [P16] sends again what was dropped, and signs again only after expiry', async () => {
    const wallet = newWallet();
    testbed.localnet.faults.add({ method: 'sendTransaction', action: 'drop', times: 3 });
    await testbed.addPayout(current, wallet.address, 'SOL', 5_000_000n);
    await testbed.settle(current);
    expect(await testbed.lamportsOf(wallet.address)).toBe(5_000_000n);

    const other = newWallet();
    const fault = testbed.localnet.faults.add({
      method: 'sendTransaction',
      action: 'drop',
      times: null,
    });
    const payoutId = await testbed.addPayout(current, other.address, 'SOL', 6_000_000n);
    await testbed.step(current.engine);
    const first = (await current.store.payout(payoutId))?.signature;
    testbed.localnet.advanceSlots(100);
    await testbed.step(current.engine);
    expect((await current.store.payout(payoutId))?.signature).toBe(first);
    testbed.localnet.advanceSlots(60);
    fault.remove();
    await testbed.settle(current);
    expect((await current.store.payout(payoutId))?.signature).not.toBe(first);
    expect(await testbed.lamportsOf(other.address)).toBe(6_000_000n);
    await expectLedgerMatchesChain();
  });

  it('[7.07] [P19] [P21] [P23] pays once when the first transaction lands late, beside a second one', async () => {
    const wallet = newWallet();
    testbed.localnet.faults.add({ method: 'sendTransaction', action: 'delay', slots: 149 });
    testbed.localnet.faults.add({ action: 'blind', scope: 'history', slots: 400 });
    await testbed.addPayout(current, wallet.address, 'SOL', 5_000_000n);
    await testbed.step(current.engine);
    for (let i = 0; i < 40; i += 1) {
      testbed.localnet.advanceSlots(5);
      await testbed.step(current.engine);
    }
    testbed.localnet.advanceSlots(300);
    await testbed.settle(current);
    expect(await testbed.lamportsOf(wallet.address)).toBe(5_000_000n);
    expect(await current.store.countPayouts()).toMatchObject({ finalized: 1 });
    // The fee of a second attempt that lost the race is found and booked later.
    testbed.clock.advance(120_000);
    await testbed.step(current.engine);
    await expectLedgerMatchesChain();
  });

  it('[P17] [P18] goes on when answers are lost, refused or rate limited', async () => {
    const wallet = newWallet();
    const { faults } = testbed.localnet;
    faults.add({ method: 'sendTransaction', action: 'lose-answer', times: 2 });
    faults.add({ method: 'getSignatureStatuses', action: 'null-statuses', times: 3 });
    faults.add({ method: 'getMultipleAccounts', action: 'error', httpStatus: 429, times: 2 });
    faults.add({ method: 'getLatestBlockhash', action: 'refuse', times: 1 });
    await testbed.addPayout(current, wallet.address, 'SOL', 5_000_000n);
    await testbed.settle(current);
    expect(await testbed.lamportsOf(wallet.address)).toBe(5_000_000n);
    await expectLedgerMatchesChain();
  });

  it('[7.08] [7.09] lets payouts below the rent minimum add up', async () => {
    const wallet = newWallet();
    await testbed.addPayout(current, wallet.address, 'SOL', 300_000n);
    await testbed.settle(current);
    expect(await testbed.lamportsOf(wallet.address)).toBe(0n);
    expect(await current.store.countPayouts()).toMatchObject({ due: 1 });
    await testbed.addPayout(current, wallet.address, 'SOL', 400_000n);
    await testbed.settle(current);
    expect(await testbed.lamportsOf(wallet.address)).toBe(700_000n);
    expect(await current.store.countPayouts()).toMatchObject({ due: 0, finalized: 2 });
  });

  it('[7.22] waits, without failing, while operator capital does not cover fees and rent', async () => {
    const poor = testbed.open({
      path: join(folder, 'poor.db'),
      treasury: await testbed.treasury(),
    });
    const wallet = newWallet();
    await testbed.addPayout(poor, wallet.address, 'SOL', 5_000_000n);
    const report = await testbed.step(poor.engine);
    expect(report.waiting).toMatch(/^operator capital too low: 0\.00\d+ SOL/);
    await testbed.addCapital(poor, 100_000_000n);
    await testbed.settle(poor);
    expect(await testbed.lamportsOf(wallet.address)).toBe(5_000_000n);
    await poor.close();
  });

  it('reclaims the rent of a receipt once nothing can use it any more', async () => {
    await testbed.addPayout(current, newWallet().address, 'SOL', 5_000_000n);
    await testbed.settle(current);
    const before = await testbed.lamportsOf(treasury.address);
    testbed.clock.advance(8 * 86_400_000);
    for (let i = 0; i < 4; i += 1) {
      await testbed.step(current.engine);
      testbed.localnet.advanceSlots(4);
      testbed.clock.advance(61_000);
    }
    expect(await testbed.lamportsOf(treasury.address)).toBeGreaterThan(before + 650_240n - 5_100n);
    expect(await current.store.ledgerBalance(rentFloat, 'SOL')).toBe(0n);
    await expectLedgerMatchesChain();
  });

  it('[P53] lets one of two workers pay, and the other one after its lease ended', async () => {
    const settings = { leaseMs: 30_000 };
    const path = join(folder, 'leased.db');
    const first = testbed.open({ path, treasury: current.treasury, settings });
    expect(await first.store.holdPayoutLease('other', testbed.clock.nowMs() + 5_000, 0)).toBe(true);
    await testbed.addCapital(first, 1_000_000_000n);
    const wallet = newWallet();
    await testbed.addPayout(first, wallet.address, 'SOL', 5_000_000n);
    expect(await testbed.step(first.engine)).toMatchObject({ opened: 0, sent: 0 });
    testbed.clock.advance(5_001);
    await testbed.settle(first);
    expect(await testbed.lamportsOf(wallet.address)).toBe(5_000_000n);
    await first.close();
  });

  it('[P28] rejects while no endpoint answers, and goes on afterwards', async () => {
    const wallet = newWallet();
    await testbed.step(current.engine);
    await testbed.addPayout(current, wallet.address, 'SOL', 5_000_000n);
    const fault = testbed.localnet.faults.add({ method: '*', action: 'refuse', times: null });
    await expect(testbed.step(current.engine)).rejects.toMatchObject({ code: 'CHAIN_UNAVAILABLE' });
    fault.remove();
    await testbed.settle(current);
    expect(await testbed.lamportsOf(wallet.address)).toBe(5_000_000n);
  });
});
