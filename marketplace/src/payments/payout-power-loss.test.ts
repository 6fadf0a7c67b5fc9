import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { chainTreasury } from '../domain/ledger-accounts.ts';
import type { FaultPoint } from './payout-context.ts';
import { newWallet, PayoutTestbed, type Wallet } from './testing/payout-testbed.ts';

let testbed: PayoutTestbed;
let folder: string;
let treasury: Wallet;

beforeAll(async () => {
  testbed = await PayoutTestbed.start();
});
afterAll(() => testbed.localnet.stop());
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'node3-power-'));
  treasury = await testbed.treasury();
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** What a power cut would leave: the files as they are at this moment, the log not merged yet. */
function copyDisk(from: string, name: string): string {
  const to = join(folder, name);
  mkdirSync(to);
  for (const suffix of ['', '-wal']) {
    if (existsSync(from + suffix)) copyFileSync(from + suffix, join(to, `market.db${suffix}`));
  }
  return join(to, 'market.db');
}

const points: FaultPoint[] = [
  'after-open-batch',
  'after-sign',
  'after-persist',
  'after-send',
  'after-mark-sent',
  'before-post',
  'after-post',
];

describe('a power cut', () => {
  it('[P15] at any point leaves a file that pays once, however far the world went on', async () => {
    const path = join(folder, 'market.db');
    const disks = new Map<string, string>();
    const process = testbed.open({
      path,
      treasury,
      fp(point) {
        if (points.includes(point) && !disks.has(point)) disks.set(point, copyDisk(path, point));
      },
    });
    await testbed.addCapital(process, 10_000_000_000n);
    const wallet = newWallet();
    await testbed.addPayout(process, wallet.address, 'SOL', 5_000_000n);
    await testbed.settle(process);
    await process.close();
    expect([...disks.keys()]).toEqual(points);

    for (const [point, disk] of disks) {
      const restarted = testbed.open({ path: disk, treasury });
      const report = await testbed.settle(restarted);
      expect(await testbed.lamportsOf(wallet.address), point).toBe(5_000_000n);
      // Before the attempt was stored nothing had been sent: that world is another one, and the
      // payment that this one made is unknown to it. It must stop and not pay again.
      const isKnown = !['after-open-batch', 'after-sign'].includes(point);
      expect(report.halted === null, point).toBe(isKnown);
      if (isKnown) await expectPosted(restarted);
      await restarted.close();
    }
  });

  it('[P11] inside the ledger transaction leaves all of it or nothing', async () => {
    const path = join(folder, 'market.db');
    const disks: string[] = [];
    let isPosting = false;
    const process = testbed.open({
      path,
      treasury,
      fp(point) {
        if (point === 'before-post') isPosting = true;
        if (point === 'after-post') isPosting = false;
      },
      onStatement() {
        if (isPosting) disks.push(copyDisk(path, `statement-${disks.length}`));
      },
    });
    await testbed.addCapital(process, 10_000_000_000n);
    const wallet = newWallet();
    await testbed.addPayout(process, wallet.address, 'SOL', 5_000_000n);
    await testbed.settle(process);
    await process.close();
    expect(disks.length).toBeGreaterThan(10);
    for (const disk of disks) {
      const restarted = testbed.open({ path: disk, treasury });
      await testbed.settle(restarted);
      await expectPosted(restarted);
      await restarted.close();
    }
    expect(await testbed.lamportsOf(wallet.address)).toBe(5_000_000n);
  });

  async function expectPosted({ store }: ReturnType<PayoutTestbed['open']>): Promise<void> {
    expect(await store.countPayouts()).toMatchObject({ finalized: 1, due: 0, batched: 0 });
    expect((await store.verifyLedger()).problems).toEqual([]);
    const ledger = await store.ledgerBalance(chainTreasury, 'SOL');
    expect(ledger).toBe(await testbed.lamportsOf(treasury.address));
  }
});
