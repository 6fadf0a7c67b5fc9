import type { LocalnetNode } from '@node3/localnet/rpc-node';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newWallet, type PayoutProcess, PayoutTestbed } from './testing/payout-testbed.ts';

let testbed: PayoutTestbed;
let nodes: LocalnetNode[];
let current: PayoutProcess;

beforeAll(async () => {
  testbed = await PayoutTestbed.start();
});
afterAll(() => testbed.localnet.stop());

beforeEach(() => {
  nodes = [];
});
afterEach(async () => {
  testbed.localnet.faults.clear();
  await current.close();
  await Promise.all(nodes.map((node) => node.stop()));
});

/** A process that asks the localnet's own node and `count - 1` others. */
async function openWith(count: number, lagSlots = 0): Promise<void> {
  for (let i = 1; i < count; i += 1) nodes.push(await testbed.localnet.openNode({ lagSlots }));
  const treasury = await testbed.treasury();
  const rpcUrls = [testbed.localnet.rpcUrl, ...nodes.map((node) => node.rpcUrl)];
  current = testbed.open({ path: ':memory:', treasury, rpcUrls });
  await testbed.addCapital(current, 10_000_000_000n);
}

async function pay(): Promise<{ address: string; payoutId: string }> {
  const { address } = newWallet();
  return { address, payoutId: await testbed.addPayout(current, address, 'SOL', 5_000_000n) };
}

describe('several endpoints', () => {
  it('[P22] pay and book while one of two never shows a status or a transaction', async () => {
    await openWith(2);
    testbed.localnet.faults.add({ action: 'blind', scope: 'history', slots: null });
    const { address, payoutId } = await pay();
    await testbed.settle(current);
    expect(await current.store.payout(payoutId)).toMatchObject({ state: 'finalized' });
    expect(await testbed.lamportsOf(address)).toBe(5_000_000n);
  });

  it('book nothing on the word of one of three', async () => {
    await openWith(3);
    for (const { faults } of nodes) faults.add({ action: 'blind', scope: 'history', slots: null });
    const { address, payoutId } = await pay();
    const report = await testbed.settle(current, 12);
    expect(await testbed.lamportsOf(address)).toBe(5_000_000n);
    expect(await current.store.payout(payoutId)).not.toMatchObject({ state: 'finalized' });
    expect(report.waiting).toMatch(/is not visible yet/);
    nodes[0]?.faults.clear();
    await testbed.settle(current, 12);
    expect(await current.store.payout(payoutId)).toMatchObject({ state: 'finalized' });
    expect(await testbed.lamportsOf(address)).toBe(5_000_000n);
  });

  it('[P24] pay once when heights run ahead of what the others show', async () => {
    await openWith(3, 20);
    const { address, payoutId } = await pay();
    await testbed.settle(current, 80);
    expect(await current.store.payout(payoutId)).toMatchObject({ state: 'finalized' });
    expect(await testbed.lamportsOf(address)).toBe(5_000_000n);
  });

  it('[P25] pay once when the trial run meets a node that lags behind the blockhash', async () => {
    await openWith(2, 20);
    // The fresh node refuses trial runs for a while, so that the other one makes them.
    testbed.localnet.faults.add({ method: 'simulateTransaction', action: 'refuse', times: 3 });
    const { address, payoutId } = await pay();
    await testbed.step(current.engine);
    expect(await testbed.lamportsOf(address)).toBe(0n);
    testbed.clock.advance(60_000);
    testbed.localnet.advanceSlots(30);
    await testbed.settle(current, 60);
    expect(await current.store.payout(payoutId)).toMatchObject({ state: 'finalized' });
    expect(await testbed.lamportsOf(address)).toBe(5_000_000n);
  });

  it('go on without one that is gone', async () => {
    await openWith(3);
    await nodes[1]?.stop();
    nodes.pop();
    const { address, payoutId } = await pay();
    await testbed.settle(current);
    expect(await current.store.payout(payoutId)).toMatchObject({ state: 'finalized' });
    expect(await testbed.lamportsOf(address)).toBe(5_000_000n);
  });

  it('find a transaction of our key that only one of them shows', async () => {
    await openWith(2);
    await testbed.step(current.engine);
    testbed.localnet.faults.add({ action: 'blind', scope: 'history', slots: null });
    await testbed.sendAs(current.treasury, newWallet().address, 5_000_000n);
    testbed.localnet.advanceSlots(4);
    testbed.clock.advance(120_000);
    expect((await testbed.step(current.engine)).halted).toMatch(/does not know/);
  });
});
