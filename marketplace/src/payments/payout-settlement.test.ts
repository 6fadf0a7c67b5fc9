import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { rentFloat } from '../domain/ledger-accounts.ts';
import type { FaultPoint } from './payout-context.ts';
import { copyDatabase, expectLedgerMatchesChain } from './testing/lost-payments.ts';
import {
  newWallet,
  type PayoutProcess,
  PayoutTestbed,
  type ProcessOptions,
  type Wallet,
} from './testing/payout-testbed.ts';

let testbed: PayoutTestbed;
let folder: string;
let treasury: Wallet;
let open: PayoutProcess[] = [];

beforeAll(async () => {
  testbed = await PayoutTestbed.start();
});
afterAll(() => testbed.localnet.stop());
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'node3-settle-'));
  treasury = await testbed.treasury();
});
afterEach(async () => {
  for (const process of open) await process.close();
  open = [];
  testbed.localnet.faults.clear();
  rmSync(folder, { recursive: true, force: true });
});

const anyEntry = {
  action: null,
  actor: null,
  accountId: null,
  keyId: null,
  target: null,
  requestId: null,
  fromMs: null,
  untilMs: null,
};

const path = (name: string) => join(folder, name);

async function start(name: string, options: Partial<ProcessOptions> = {}): Promise<PayoutProcess> {
  const process = testbed.open({ path: path(name), treasury, ...options });
  open.push(process);
  return process;
}

/** A process on a copy of the database; its operator accepts what happened since. */
async function restore(from: string, options: Partial<ProcessOptions> = {}) {
  const process = await start(from, options);
  await process.sqlite.write(function* (tx) {
    yield* tx.run("INSERT INTO meta (key, value) VALUES ('restored_at_ms', ?)", 1);
  });
  await process.engine.acceptHistory();
  return process;
}

async function finalizedEvents({ store }: PayoutProcess) {
  const events = await store.eventsAfter(0, 1_000);
  return events.filter(({ name }) => name === 'payout.finalized');
}

it('books what a lost database paid, once, and then owes nothing any more', async () => {
  const lost = await start('lost');
  await testbed.addCapital(lost, 10_000_000_000n);
  const [anna, ben] = [newWallet().address, newWallet().address];
  const owed = [
    await testbed.addPayout(lost, anna, 'SOL', 5_000_000n),
    await testbed.addPayout(lost, anna, 'SOL', 4_000_000n),
    await testbed.addPayout(lost, ben, 'SOL', 3_000_000n),
  ] as const;
  const usdc = await testbed.addPayout(lost, ben, 'USDC', 2_000_000n);
  copyDatabase(path('lost'), path('restored'));
  await testbed.settle(lost);
  const signatureOf = async (id: string) => (await lost.store.payout(id))?.signature ?? '';
  const signature = await signatureOf(owed[0]);
  expect(await signatureOf(owed[2])).toBe(signature);

  const { engine, store, ...restored } = await restore('restored');
  expect(await store.payout(owed[0])).toMatchObject({ state: 'held', holdReason: 'restored' });
  // Of each wallet all that one transfer paid, and nothing else.
  await expect(engine.settle([owed[0]], signature)).rejects.toMatchObject({
    code: 'PAYOUT_PROOF_INVALID',
    message: expect.stringMatching(/0\.009 SOL .* come to 0\.005 SOL\. Name every payout/),
  });
  expect(await engine.settle([owed[2]], signature)).toMatchObject([
    { payoutId: owed[2], state: 'finalized', signature, holdReason: null },
  ]);
  await engine.settle([owed[0], owed[1]], signature);
  await engine.settle([usdc], await signatureOf(usdc));
  const restoredProcess = { engine, store, ...restored };
  await expectLedgerMatchesChain(testbed, restoredProcess);
  const events = await finalizedEvents(restoredProcess);
  expect(events).toHaveLength(4);
  expect(events[0]).toMatchObject({ actor: 'operator', data: { payoutId: owed[2], signature } });
  const filter = { ...anyEntry, target: usdc, actor: 'operator' };
  const page = { filter, order: 'newest', cursor: null, limit: 9 } as const;
  expect(await store.auditEntries(page)).toMatchObject([{ action: 'payout.finalized' }]);

  await engine.settle([...owed], signature);
  expect(await finalizedEvents(restoredProcess)).toHaveLength(4);
  await testbed.settle(restoredProcess);
  await expectLedgerMatchesChain(testbed, restoredProcess);
  expect(await testbed.lamportsOf(anna)).toBe(9_000_000n);
  expect(await testbed.lamportsOf(ben)).toBe(3_000_000n);
  expect(await testbed.usdcOf(ben)).toBe(2_000_000n);

  // The rent of the receipts comes back as that of any other.
  testbed.clock.advance(8 * 86_400_000);
  for (let turn = 0; turn < 4; turn += 1) {
    testbed.clock.advance(61_000);
    await testbed.step(engine);
    testbed.localnet.advanceSlots(2);
  }
  expect(await store.ledgerBalance(rentFloat, 'SOL')).toBe(0n);
  await expectLedgerMatchesChain(testbed, restoredProcess);
});

it('books the rent of a receipt back that the lost database took back', async () => {
  const lost = await start('lost', { settings: { receiptKeptMs: 0 } });
  await testbed.addCapital(lost, 10_000_000_000n);
  const wallet = newWallet().address;
  const payoutId = await testbed.addPayout(lost, wallet, 'SOL', 5_000_000n);
  copyDatabase(path('lost'), path('restored'));
  await testbed.settle(lost);
  const { signature } = (await lost.store.payout(payoutId)) ?? {};
  for (let turn = 0; turn < 4; turn += 1) {
    testbed.clock.advance(61_000);
    await testbed.step(lost.engine);
    testbed.localnet.advanceSlots(2);
  }
  expect(await lost.store.ledgerBalance(rentFloat, 'SOL')).toBe(0n);
  const { engine, store } = await restore('restored');
  await engine.settle([payoutId], signature ?? '');
  expect(await store.ledgerBalance(rentFloat, 'SOL')).toBe(0n);
  expect(await store.verifyLedger()).toEqual({ balanced: true, problems: [] });
});

it('holds the payouts of a batch that a backup has and somebody else has signed', async () => {
  const saved: FaultPoint = 'after-open-batch';
  const lost = await start('lost', {
    fp: (point) => {
      if (point === saved) copyDatabase(path('lost'), path('restored'));
    },
  });
  await testbed.addCapital(lost, 10_000_000_000n);
  const wallet = newWallet().address;
  const payoutId = await testbed.addPayout(lost, wallet, 'SOL', 5_000_000n);
  await testbed.settle(lost);
  const { signature } = (await lost.store.payout(payoutId)) ?? {};
  const restored = await restore('restored');
  await testbed.settle(restored);
  expect(await restored.store.payout(payoutId)).toMatchObject({
    state: 'held',
    holdReason: 'receipt_exists',
  });
  await restored.engine.settle([payoutId], signature ?? '');
  await testbed.settle(restored);
  await expectLedgerMatchesChain(testbed, restored);
  expect(await testbed.lamportsOf(wallet)).toBe(5_000_000n);
});

it('books a batch that waits for a transaction which only the lost database knew', async () => {
  const lost = await start('lost');
  await testbed.addCapital(lost, 10_000_000_000n);
  const [anna, ben] = [newWallet().address, newWallet().address];
  const payoutId = await testbed.addPayout(lost, anna, 'SOL', 5_000_000n);
  await testbed.addPayout(lost, ben, 'SOL', 4_000_000n);
  const dropped = testbed.localnet.faults.add({
    method: 'sendTransaction',
    action: 'drop',
    times: null,
  });
  await testbed.step(lost.engine);
  copyDatabase(path('lost'), path('restored'));
  testbed.localnet.advanceSlots(160);
  await testbed.step(lost.engine);
  dropped.remove();
  await testbed.settle(lost);
  const { signature } = (await lost.store.payout(payoutId)) ?? {};
  const restored = await restore('restored');
  for (let step = 0; step < 4; step += 1) await testbed.step(restored.engine);
  expect(await restored.store.payout(payoutId)).toMatchObject({ state: 'submitted' });
  await restored.engine.settle([payoutId], signature ?? '');
  // Its batch is paid, and so is everybody in it.
  expect((await restored.store.countPayouts()).finalized).toBe(2);
  await testbed.settle(restored);
  await expectLedgerMatchesChain(testbed, restored);
  expect(await testbed.lamportsOf(anna)).toBe(5_000_000n);
});
