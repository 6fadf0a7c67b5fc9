import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newWallet, PayoutTestbed } from './testing/payout-testbed.ts';

let testbed: PayoutTestbed;
beforeAll(async () => {
  testbed = await PayoutTestbed.start();
});
afterAll(() => testbed.localnet.stop());

/** A gate that the test opens and closes. */
function switchableGate() {
  let reason: string | null = null;
  return {
    set: (next: string | null) => {
      reason = next;
    },
    check: async () => reason,
  };
}

describe('a closed gate', () => {
  it('[P60] signs and sends nothing from the next step on, and says why', async () => {
    const gate = switchableGate();
    const treasury = await testbed.treasury();
    const process = testbed.open({ path: ':memory:', treasury, gates: [gate] });
    await testbed.addCapital(process, 10_000_000_000n);
    await testbed.step(process.engine);
    const wallet = newWallet();
    await testbed.addPayout(process, wallet.address, 'SOL', 5_000_000n);
    gate.set('Stopped by the operator.');
    for (let i = 0; i < 5; i += 1) {
      const report = await testbed.step(process.engine);
      expect(report).toMatchObject({ opened: 0, sent: 0, halted: 'Stopped by the operator.' });
    }
    expect(process.engine.status()).toMatchObject({
      state: 'halted',
      detail: 'Stopped by the operator.',
    });
    expect(await testbed.lamportsOf(wallet.address)).toBe(0n);
    gate.set(null);
    await process.engine.recheck();
    expect(process.engine.status().state).not.toBe('halted');
    await testbed.settle(process);
    expect(await testbed.lamportsOf(wallet.address)).toBe(5_000_000n);
    await process.close();
  });

  it('still books what was sent before it closed', async () => {
    const gate = switchableGate();
    const treasury = await testbed.treasury();
    const process = testbed.open({ path: ':memory:', treasury, gates: [gate] });
    await testbed.addCapital(process, 10_000_000_000n);
    const wallet = newWallet();
    const payoutId = await testbed.addPayout(process, wallet.address, 'SOL', 5_000_000n);
    await testbed.step(process.engine);
    gate.set('The ledger does not balance.');
    for (let i = 0; i < 6; i += 1) await testbed.step(process.engine);
    expect(await process.store.payout(payoutId)).toMatchObject({ state: 'finalized' });
    expect(await testbed.lamportsOf(wallet.address)).toBe(5_000_000n);
    await process.close();
  });
});

describe('the queue of the engine', () => {
  it('lets nobody wait behind payouts that are too small to leave', async () => {
    const treasury = await testbed.treasury();
    const process = testbed.open({ path: ':memory:', treasury });
    await testbed.addCapital(process, 10_000_000_000n);
    for (let i = 0; i < 70; i += 1) {
      await testbed.addPayout(process, newWallet().address, 'SOL', 10n);
    }
    const behind = newWallet();
    await testbed.addPayout(process, behind.address, 'SOL', 5_000_000n);
    await testbed.settle(process);
    await testbed.settle(process);
    expect(await testbed.lamportsOf(behind.address)).toBe(5_000_000n);
    expect(await process.store.countPayouts()).toMatchObject({ due: 70, finalized: 1 });
    await process.close();
  });

  it('[7.22] warns while the capital covers only a few more transactions', async () => {
    const treasury = await testbed.treasury();
    const process = testbed.open({ path: ':memory:', treasury });
    await testbed.addCapital(process, 30_000_000n);
    await testbed.addPayout(process, newWallet().address, 'SOL', 5_000_000n);
    await testbed.settle(process);
    expect(process.engine.status().warning).toMatch(
      /^Operator capital is low: 0\.0\d+ SOL are left .* enough for \d+ more/,
    );
    await testbed.addCapital(process, 1_000_000_000n);
    await testbed.addPayout(process, newWallet().address, 'SOL', 5_000_000n);
    await testbed.settle(process);
    expect(process.engine.status().warning).toBeNull();
    await process.close();
  });
});
