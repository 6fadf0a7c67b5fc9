import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newWallet, type PayoutProcess, PayoutTestbed } from './testing/payout-testbed.ts';

let testbed: PayoutTestbed;
let current: PayoutProcess;

beforeAll(async () => {
  testbed = await PayoutTestbed.start();
});
afterAll(() => testbed.localnet.stop());
beforeEach(async () => {
  current = testbed.open({ path: ':memory:', treasury: await testbed.treasury() });
  await testbed.addCapital(current, 10_000_000_000n);
});
afterEach(() => current.close());

async function steps(count: number): Promise<void> {
  for (let made = 0; made < count; made += 1) await testbed.step(current.engine);
}

describe('a wallet that is owed much dust', () => {
  it('keeps nobody behind it from being paid', async () => {
    const [dusty, good] = [newWallet().address, newWallet().address];
    await testbed.addPayouts(current, Array<string>(600).fill(dusty), 'SOL', 10n);
    testbed.clock.advance(1);
    const payoutId = await testbed.addPayout(current, good, 'SOL', 5_000_000n);
    await steps(20);
    expect(await current.store.payout(payoutId)).toMatchObject({ state: 'finalized' });
  });

  it('keeps nobody behind it when more dust comes while the rest is parked', async () => {
    const [dusty, good] = [newWallet().address, newWallet().address];
    await testbed.addPayouts(current, Array<string>(513).fill(dusty), 'SOL', 10n);
    await steps(2);
    await testbed.addPayouts(current, Array<string>(64).fill(dusty), 'SOL', 10n);
    testbed.clock.advance(1);
    const payoutId = await testbed.addPayout(current, good, 'SOL', 5_000_000n);
    await steps(20);
    expect(await current.store.payout(payoutId)).toMatchObject({ state: 'finalized' });
  });
});

describe('a wallet that is emptied while its payment is on its way', () => {
  it('spoils one batch, stops nobody else and is trusted with its own balance no more', async () => {
    const [poor, good] = [newWallet(), newWallet()];
    testbed.localnet.airdrop(poor.address, 1_000_000n);
    testbed.localnet.advanceSlots(4);
    const poorId = await testbed.addPayout(current, poor.address, 'SOL', 1_000n);
    await testbed.addPayout(current, good.address, 'SOL', 5_000_000n);
    testbed.localnet.faults.add({ method: 'sendTransaction', action: 'delay', slots: 3 });
    await current.engine.step(testbed.clock.nowMs());
    await testbed.sendAs(poor, newWallet().address, 995_000n);
    testbed.localnet.advanceSlots(3);
    await steps(40);
    expect(await testbed.lamportsOf(good.address)).toBe(5_000_000n);
    testbed.localnet.airdrop(poor.address, 1_000_000n);
    testbed.localnet.advanceSlots(4);
    testbed.clock.advance(120_000);
    await steps(20);
    expect(await current.store.payout(poorId)).toMatchObject({
      state: 'due',
      waitReason: 'below_rent',
    });
    await testbed.addPayout(current, poor.address, 'SOL', 2_000_000n);
    await steps(20);
    expect(await current.store.payout(poorId)).toMatchObject({ state: 'finalized' });
  });
});
