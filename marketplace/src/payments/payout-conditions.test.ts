import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startLocalnet } from '@node3/localnet/localnet';
import { systemClock } from '@node3/shared/clock';
import { silentLogger } from '@node3/shared/logger';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { SqliteDatabase } from '../store/sqlite/sqlite-database.ts';
import { newWallet, PayoutTestbed } from './testing/payout-testbed.ts';

let testbed: PayoutTestbed;
let folder: string;

beforeAll(async () => {
  testbed = await PayoutTestbed.start();
});
afterAll(() => testbed.localnet.stop());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'node3-conditions-'));
});
afterEach(() => {
  testbed.localnet.faults.clear();
  rmSync(folder, { recursive: true, force: true });
});

describe('the machine around the engine', () => {
  it('[P32] may have a clock that jumps by an hour in either direction', async () => {
    const hour = 3_600_000;
    const treasury = await testbed.treasury();
    const process = testbed.open({ path: ':memory:', treasury, settings: { leaseMs: 30_000 } });
    await testbed.addCapital(process, 10_000_000_000n);
    for (const jump of [hour, -hour, -hour, hour]) {
      const wallet = newWallet();
      testbed.localnet.faults.add({ method: 'sendTransaction', action: 'delay', slots: 6 });
      await testbed.addPayout(process, wallet.address, 'SOL', 5_000_000n);
      await testbed.step(process.engine);
      testbed.clock.advance(jump);
      await testbed.settle(process);
      expect(await testbed.lamportsOf(wallet.address)).toBe(5_000_000n);
    }
    const { finalized, due } = await process.store.countPayouts();
    expect({ finalized, due }).toEqual({ finalized: 4, due: 0 });
    // One transaction for each: no clock made the engine sign again.
    const attempts = process.sqlite.readRaw((db) =>
      db.prepare('SELECT count(*) FROM payout_attempts').pluck().get(),
    );
    expect(attempts).toBe(4n);
    await process.close();
  });

  it('[P59] sends nothing that the full disk did not take', async () => {
    const treasury = await testbed.treasury();
    const path = join(folder, 'market.db');
    const process = testbed.open({ path, treasury });
    await testbed.addCapital(process, 10_000_000_000n);
    await testbed.step(process.engine);
    const wallets = Array.from({ length: 60 }, newWallet);
    for (const { address } of wallets) {
      await testbed.addPayout(process, address, 'SOL', 1_000_000n);
    }
    const sends = countSends();
    // The disk is full a few pages later, in the middle of some step.
    leavePages(process.sqlite, 6);
    await expect(testbed.settle(process, 200)).rejects.toMatchObject({ code: 'STORAGE_FULL' });
    await process.close();

    const again = testbed.open({ path, treasury });
    const kept = again.sqlite.readRaw((db) =>
      db.prepare(`SELECT count(*) FROM payout_attempts WHERE kind = 'pay'`).pluck().get(),
    );
    expect(sends()).toBeLessThanOrEqual(Number(kept));
    await testbed.settle(again, 60);
    expect(await again.store.countPayouts()).toMatchObject({ finalized: 60, due: 0 });
    for (const { address } of wallets) {
      expect(await testbed.lamportsOf(address)).toBe(1_000_000n);
    }
    await again.close();
  });

  /** Tells how many payments reached the node from now on. */
  function countSends(): () => number {
    const fault = testbed.localnet.faults.add({
      method: 'sendTransaction',
      action: 'hang',
      ms: 0,
      times: null,
    });
    return () => {
      const count = fault.hits();
      fault.remove();
      return count;
    };
  }

  function leavePages(sqlite: SqliteDatabase, pages: number): void {
    sqlite.readRaw((db) => {
      const used = Number(db.pragma('page_count', { simple: true }));
      db.pragma(`max_page_count = ${used + pages}`);
    });
  }
});

describe('the pace of the cluster', () => {
  it.each([200, 350, 400])('[P33] pays once with slots of %i ms', async (slotMs) => {
    const localnet = await startLocalnet({
      httpPort: 0,
      slotMs,
      dataDir: null,
      log: silentLogger,
      clock: systemClock,
    });
    const paced = new PayoutTestbed(localnet);
    const treasury = await paced.treasury();
    const process = paced.open({
      path: ':memory:',
      treasury,
      clock: systemClock,
      settings: { leaseMs: 30_000, resendMs: 2_000 },
    });
    await paced.addCapital(process, 10_000_000_000n);
    const wallet = newWallet();
    await paced.addPayout(process, wallet.address, 'SOL', 5_000_000n);
    process.engine.start();
    await vi.waitFor(
      async () => expect(await process.store.countPayouts()).toMatchObject({ finalized: 1 }),
      { timeout: 15_000, interval: 20 },
    );
    await process.engine.stop();
    expect(await paced.lamportsOf(wallet.address)).toBe(5_000_000n);
    await process.close();
    await localnet.stop();
  });
});
