import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  AuthorityType,
  createBurnInstruction,
  createCloseAccountInstruction,
  createSetAuthorityInstruction,
} from '@solana/spl-token';
import { PublicKey } from '@solana/web3.js';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { chainTreasury } from '../domain/ledger-accounts.ts';
import type { FaultPoint } from './payout-context.ts';
import { usdcAccountOf } from './solana/transaction-builder.ts';
import {
  newWallet,
  type PayoutProcess,
  PayoutTestbed,
  type Wallet,
} from './testing/payout-testbed.ts';

class Crash extends Error {}

let testbed: PayoutTestbed;
let folder: string;
let treasury: Wallet;

beforeAll(async () => {
  testbed = await PayoutTestbed.start();
});
afterAll(() => testbed.localnet.stop());
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'node3-recovery-'));
  treasury = await testbed.treasury();
});
afterEach(() => {
  testbed.localnet.faults.clear();
  rmSync(folder, { recursive: true, force: true });
});

const path = () => join(folder, 'market.db');

async function expectLedgerMatchesChain({ store }: PayoutProcess): Promise<void> {
  expect(await store.verifyLedger()).toEqual({ balanced: true, problems: [] });
  const ledger = await store.ledgerBalance(chainTreasury, 'SOL');
  expect(ledger).toBe(await testbed.lamportsOf(treasury.address));
}

/** The trial run is part of signing, so a crash after it is one between the trial and the sending. */
const onTheWay: [string, FaultPoint][] = [
  ['[P1] before the batch is stored', 'before-open-batch'],
  ['[P2] after the batch is stored', 'after-open-batch'],
  ['[P3] [P6] after trial run and signing', 'after-sign'],
  ['[P4] after the attempt is stored', 'after-persist'],
  ['[P5] after sending', 'after-send'],
  ['[P5] after the state says that it was sent', 'after-mark-sent'],
  ['[P7] after looking at the chain', 'after-observe'],
  ['[P10] before the ledger is posted', 'before-post'],
  ['[P12] after the ledger is posted', 'after-post'],
];

describe('a crash', () => {
  it.each(onTheWay)(
    '[7.05] [7.07] %s, then another process on the same file: paid once',
    async (_, point) => {
      let crashes = 0;
      const fp = (at: FaultPoint) => {
        if (at !== point || crashes > 0) return;
        crashes += 1;
        throw new Crash(at);
      };
      const first = testbed.open({ path: path(), treasury, fp });
      await testbed.addCapital(first, 10_000_000_000n);
      const solWallet = newWallet();
      const usdcWallet = newWallet();
      await testbed.addPayout(first, solWallet.address, 'SOL', 5_000_000n);
      await testbed.addPayout(first, usdcWallet.address, 'USDC', 2_000_000n);
      await expect(testbed.settle(first)).rejects.toBeInstanceOf(Crash);
      await first.close();

      const second = testbed.open({ path: path(), treasury });
      await testbed.settle(second);
      expect(crashes).toBe(1);
      expect(await second.store.countPayouts()).toMatchObject({ finalized: 2, due: 0, batched: 0 });
      expect(await testbed.lamportsOf(solWallet.address)).toBe(5_000_000n);
      expect(await testbed.usdcOf(usdcWallet.address)).toBe(2_000_000n);
      await expectLedgerMatchesChain(second);
      await second.close();
    },
  );

  it('[P8] [P9] before signing again after expiry leaves one payment', async () => {
    let armed = true;
    const fp = (at: FaultPoint) => {
      if (at !== 'before-re-sign' || !armed) return;
      armed = false;
      throw new Crash(at);
    };
    const process = testbed.open({ path: path(), treasury, fp });
    await testbed.addCapital(process, 10_000_000_000n);
    const wallet = newWallet();
    testbed.localnet.faults.add({ method: 'sendTransaction', action: 'delay', slots: 100 });
    testbed.localnet.faults.add({ action: 'blind', scope: 'history', slots: 200 });
    await testbed.addPayout(process, wallet.address, 'SOL', 5_000_000n);
    await testbed.step(process.engine);
    testbed.localnet.advanceSlots(160);
    await testbed.settle(process).catch(() => undefined);
    testbed.localnet.advanceSlots(60);
    await testbed.settle(process);
    expect(await testbed.lamportsOf(wallet.address)).toBe(5_000_000n);
    expect(await process.store.countPayouts()).toMatchObject({ finalized: 1 });
    await process.close();
  });
});

describe('one bad recipient', () => {
  async function openWithTwo() {
    const process = testbed.open({ path: path(), treasury, settings: { restAfterFailureMs: 0 } });
    await testbed.addCapital(process, 10_000_000_000n);
    const good = newWallet();
    const bad = newWallet();
    for (const { address } of [good, bad]) testbed.localnet.mintUsdc(address, 1n);
    testbed.localnet.airdrop(bad.address, 1_000_000_000n);
    testbed.localnet.advanceSlots(4);
    return { process, good, bad };
  }

  it('[P37] is held before anything is sent when the chain shows it', async () => {
    const { process, good, bad } = await openWithTwo();
    const account = new PublicKey(usdcAccountOf(testbed.usdcMint, bad.address));
    await testbed.sendInstructions(bad, [
      createSetAuthorityInstruction(
        account,
        bad.keypair.publicKey,
        AuthorityType.AccountOwner,
        newWallet().keypair.publicKey,
      ),
    ]);
    testbed.localnet.advanceSlots(4);
    await testbed.addPayout(process, good.address, 'USDC', 2_000_000n);
    const badId = await testbed.addPayout(process, bad.address, 'USDC', 3_000_000n);
    await testbed.settle(process);
    expect(await testbed.usdcOf(good.address)).toBe(2_000_001n);
    expect(await process.store.payout(badId)).toMatchObject({
      state: 'held',
      holdReason: 'token_account_owner_changed',
    });
    const events = await process.store.eventsAfter(0, 100);
    expect(events.filter((event) => event.name === 'payout.held')).toHaveLength(1);
    await expectLedgerMatchesChain(process);
    await process.close();
  });

  it('[P38] that breaks the transaction on chain is isolated, and the others go again', async () => {
    const { process, good, bad } = await openWithTwo();
    await testbed.addPayout(process, good.address, 'USDC', 2_000_000n);
    const badId = await testbed.addPayout(process, bad.address, 'USDC', 3_000_000n);
    // Lands only after the account is gone.
    testbed.localnet.faults.add({ method: 'sendTransaction', action: 'delay', slots: 3 });
    await process.engine.step(testbed.clock.nowMs());
    await closeUsdcAccount(bad);
    testbed.localnet.advanceSlots(3);
    await testbed.settle(process, 60);

    expect(await testbed.usdcOf(good.address)).toBe(2_000_001n);
    const held = await process.store.payout(badId);
    expect(held).toMatchObject({ state: 'held', holdReason: 'token_account_unusable' });
    expect(await process.store.countPayouts()).toMatchObject({ finalized: 1, held: 1, due: 0 });
    await expectLedgerMatchesChain(process);

    await process.store.releasePayout(badId, []);
    await testbed.settle(process);
    expect(await testbed.usdcOf(bad.address)).toBe(3_000_000n);
    await expectLedgerMatchesChain(process);
    await process.close();
  });

  async function closeUsdcAccount(wallet: Wallet): Promise<void> {
    const account = new PublicKey(usdcAccountOf(testbed.usdcMint, wallet.address));
    const owner = wallet.keypair.publicKey;
    await testbed.sendInstructions(wallet, [
      createBurnInstruction(account, new PublicKey(testbed.usdcMint), owner, 1n),
      createCloseAccountInstruction(account, owner, owner),
    ]);
  }

  it('[P13] crashing anywhere on the way to a tombstone changes nothing', async () => {
    for (const point of ['before-voiding', 'after-voiding', 'before-void', 'after-void'] as const) {
      const { process, good, bad } = await openWithTwo();
      await testbed.addPayout(process, good.address, 'USDC', 2_000_000n);
      const badId = await testbed.addPayout(process, bad.address, 'USDC', 3_000_000n);
      testbed.localnet.faults.add({ method: 'sendTransaction', action: 'delay', slots: 3 });
      await process.engine.step(testbed.clock.nowMs());
      await closeUsdcAccount(bad);
      testbed.localnet.advanceSlots(3);
      await process.close();

      let armed = true;
      const fp = (at: FaultPoint) => {
        if (at !== point || !armed) return;
        armed = false;
        throw new Crash(at);
      };
      const crashing = testbed.open({ path: path(), treasury, fp });
      await expect(testbed.settle(crashing, 60)).rejects.toBeInstanceOf(Crash);
      await crashing.close();
      const last = testbed.open({ path: path(), treasury });
      await testbed.settle(last, 60);
      expect(await testbed.usdcOf(good.address)).toBe(2_000_001n);
      expect(await last.store.payout(badId)).toMatchObject({ state: 'held' });
      await expectLedgerMatchesChain(last);
      await last.close();
      rmSync(path(), { force: true });
      treasury = await testbed.treasury();
    }
  });
});

describe('an outsider', () => {
  it('[P44] who occupies the receipt costs a fee, and nobody is paid twice or not at all', async () => {
    const process = testbed.open({ path: path(), treasury });
    await testbed.addCapital(process, 10_000_000_000n);
    const wallet = newWallet();
    const outsider = newWallet();
    testbed.localnet.airdrop(outsider.address, 1_000_000_000n);
    testbed.localnet.advanceSlots(4);
    await testbed.addPayout(process, wallet.address, 'SOL', 5_000_000n);
    testbed.localnet.faults.add({ method: 'sendTransaction', action: 'delay', slots: 3 });
    await process.engine.step(testbed.clock.nowMs());
    const [batch] = await process.store.openBatches();
    await testbed.sendAs(outsider, batch?.receiptAddress ?? '', 650_240n);
    testbed.localnet.advanceSlots(3);
    await testbed.settle(process, 60);
    expect(await testbed.lamportsOf(wallet.address)).toBe(5_000_000n);
    expect(await process.store.countPayouts()).toMatchObject({ finalized: 1 });
    await expectLedgerMatchesChain(process);
    await process.close();
  });
});

describe('a restored backup', () => {
  it('[P52] halts payouts, says why, and goes on when the operator accepts', async () => {
    const first = testbed.open({ path: path(), treasury });
    await testbed.addCapital(first, 10_000_000_000n);
    const paid = newWallet();
    await testbed.step(first.engine);
    await testbed.addPayout(first, paid.address, 'SOL', 5_000_000n);
    await first.close();
    copyFileSync(path(), join(folder, 'backup.db'));
    const again = testbed.open({ path: path(), treasury });
    await testbed.settle(again);
    await again.close();
    expect(await testbed.lamportsOf(paid.address)).toBe(5_000_000n);

    const restored = testbed.open({ path: join(folder, 'backup.db'), treasury });
    const report = await testbed.settle(restored);
    expect(report.halted).toMatch(/signed a transaction that this database does not know/);
    expect(restored.engine.status().state).toBe('halted');
    expect(restored.engine.status().detail).toMatch(/Restore the newest database/);
    expect(await testbed.lamportsOf(paid.address)).toBe(5_000_000n);

    await restored.engine.acceptHistory();
    await testbed.settle(restored);
    expect(await restored.store.countPayouts()).toMatchObject({ finalized: 1 });
    await restored.close();
  });

  it('is not suspected when outsiders pay the treasury', async () => {
    const process = testbed.open({ path: path(), treasury });
    await testbed.addCapital(process, 10_000_000_000n);
    await testbed.step(process.engine);
    testbed.localnet.airdrop(treasury.address, 7n);
    testbed.localnet.advanceSlots(4);
    testbed.clock.advance(120_000);
    expect((await testbed.step(process.engine)).halted).toBeNull();
    await process.close();
  });
});
