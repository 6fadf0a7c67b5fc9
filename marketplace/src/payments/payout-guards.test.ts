import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createKillSwitch, killSwitchPath } from './keys/kill-switch.ts';
import {
  newWallet,
  type PayoutProcess,
  PayoutTestbed,
  type ProcessOptions,
  sol,
  type Wallet,
} from './testing/payout-testbed.ts';

const hourMs = 3_600_000;
let testbed: PayoutTestbed;
let folder = '';
let treasury: Wallet;
let process: PayoutProcess;

beforeAll(async () => {
  testbed = await PayoutTestbed.start();
});
afterAll(() => testbed.localnet.stop());

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'node3-guards-'));
  treasury = await testbed.treasury();
});
afterEach(async () => {
  await process.close();
  await rm(folder, { recursive: true });
});

async function start(options: Partial<ProcessOptions> = {}): Promise<void> {
  process = testbed.open({ path: join(folder, 'market.db'), treasury, ...options });
}

const stateOf = async (payoutId: string) => (await process.store.payout(payoutId))?.state;

describe('the kill switch', () => {
  it('[P60] stops signing within one step, outlives a restart, and lets go again', async () => {
    const killSwitch = createKillSwitch(killSwitchPath(folder));
    await start({ killSwitch });
    await testbed.addCapital(process, 5_000_000_000n);
    const wallet = newWallet().address;
    const first = await testbed.addPayout(process, wallet, 'SOL', 5_000_000n);
    expect((await testbed.settle(process)).halted).toBeNull();
    expect(await stateOf(first)).toBe('finalized');

    // As an operator does it who has nothing but a shell.
    await writeFile(join(folder, 'payouts.stop'), 'we look for 3 SOL\n');
    const second = await testbed.addPayout(process, wallet, 'SOL', 6_000_000n);
    expect(await testbed.step(process.engine)).toMatchObject({
      opened: 0,
      sent: 0,
      halted: 'Payouts are stopped: we look for 3 SOL.',
    });
    expect(process.engine.status()).toMatchObject({ state: 'halted' });
    await process.close();

    await start({ killSwitch: createKillSwitch(killSwitchPath(folder)) });
    expect((await testbed.settle(process)).halted).toContain('we look for 3 SOL');
    expect(await stateOf(second)).toBe('due');
    expect(await testbed.lamportsOf(wallet)).toBe(5_000_000n);

    killSwitch.start();
    expect((await testbed.settle(process)).halted).toBeNull();
    expect(await stateOf(second)).toBe('finalized');
    expect(await testbed.lamportsOf(wallet)).toBe(11_000_000n);
  });

  it('[P60] pulled in the middle of a step, it still stops the signature', async () => {
    const killSwitch = createKillSwitch(killSwitchPath(folder));
    await start({
      killSwitch,
      fp: (point) => {
        if (point === 'after-open-batch') killSwitch.stop('in the middle');
      },
    });
    await testbed.addCapital(process, 5_000_000_000n);
    const wallet = newWallet().address;
    const payoutId = await testbed.addPayout(process, wallet, 'SOL', 5_000_000n);
    await expect(testbed.step(process.engine)).rejects.toThrow('in the middle');
    expect((await process.store.openBatches())[0]).toMatchObject({ state: 'new', attempts: [] });
    expect(await testbed.lamportsOf(wallet)).toBe(0n);
    killSwitch.start();
    await testbed.settle(process);
    expect(await stateOf(payoutId)).toBe('finalized');
  });

  it('stops as well when its file can not be read', async () => {
    const killSwitch = createKillSwitch(join(folder, 'market.db', 'payouts.stop'));
    await writeFile(join(folder, 'market.db'), '');
    expect(killSwitch.reason()).toContain("can't be read");
    await start();
  });
});

describe('the caps of the key', () => {
  const caps = { payoutMax: sol(6_000_000n), payoutHourMax: sol(10_000_000n) };

  it('let payouts wait in their order, say until when, and go on by themselves', async () => {
    await start(caps);
    await testbed.addCapital(process, 5_000_000_000n);
    const ids: string[] = [];
    for (const amount of [6_000_000n, 5_000_000n, 2_000_000n]) {
      ids.push(await testbed.addPayout(process, newWallet().address, 'SOL', amount));
    }
    const report = await testbed.settle(process);
    // The third would fit, but must not overtake the second for ever.
    expect(await Promise.all(ids.map(stateOf))).toEqual(['finalized', 'due', 'due']);
    expect(report.waiting).toMatch(/^hourly payout cap reached: 0\.005 SOL can go at 20\d\d-/);
    testbed.clock.advance(hourMs);
    await testbed.settle(process);
    expect(await Promise.all(ids.map(stateOf))).toEqual(['finalized', 'finalized', 'finalized']);
  });

  it('hold over a restart, read from what was signed', async () => {
    await start(caps);
    await testbed.addCapital(process, 5_000_000_000n);
    await testbed.addPayout(process, newWallet().address, 'SOL', 6_000_000n);
    await testbed.settle(process);
    await process.close();
    await start(caps);
    const later = await testbed.addPayout(process, newWallet().address, 'SOL', 5_000_000n);
    expect((await testbed.settle(process)).waiting).toContain('hourly payout cap reached');
    expect(await stateOf(later)).toBe('due');
  });

  it('do not count money twice that is signed again', async () => {
    await start(caps);
    await testbed.addCapital(process, 5_000_000_000n);
    const wallet = newWallet().address;
    const payoutId = await testbed.addPayout(process, wallet, 'SOL', 6_000_000n);
    testbed.localnet.faults.add({ method: 'sendTransaction', action: 'drop', times: null });
    await testbed.step(process.engine);
    testbed.localnet.advanceSlots(200);
    await testbed.step(process.engine);
    testbed.localnet.faults.clear();
    testbed.localnet.advanceSlots(200);
    await testbed.settle(process);
    expect(await stateOf(payoutId)).toBe('finalized');
    const other = await testbed.addPayout(process, newWallet().address, 'SOL', 4_000_000n);
    await testbed.settle(process);
    expect(await stateOf(other)).toBe('finalized');
  });

  it.each([
    ['hour', { payoutMax: sol(3_000_000n), payoutHourMax: sol(4_000_000n) }, 'due'],
    ['payout', { payoutMax: sol(2_000_000n) }, 'held'],
  ])('dissolve a batch that was planned under a larger cap per %s', async (_cap, smaller, end) => {
    let crashes = 1;
    await start({
      fp: (point) => {
        if (point === 'after-open-batch' && crashes-- > 0) throw new Error('crash');
      },
    });
    await testbed.addCapital(process, 5_000_000_000n);
    const ids: string[] = [];
    for (const amount of [2_000_000n, 3_000_000n]) {
      ids.push(await testbed.addPayout(process, newWallet().address, 'SOL', amount));
    }
    await expect(testbed.step(process.engine)).rejects.toThrow('crash');
    await process.close();
    await start(smaller);
    await testbed.settle(process);
    expect(await Promise.all(ids.map(stateOf))).toEqual(['due', 'due']);
    testbed.clock.advance(60_000);
    await testbed.settle(process);
    expect(await Promise.all(ids.map(stateOf))).toEqual(['finalized', end]);
  });

  it('refuse to go on when a signed transaction in the database was changed', async () => {
    await start(caps);
    await testbed.addCapital(process, 5_000_000_000n);
    await testbed.addPayout(process, newWallet().address, 'SOL', 6_000_000n);
    await testbed.settle(process);
    await process.sqlite.writeRaw((db) => {
      const { raw } = db.prepare('SELECT raw FROM payout_attempts').get() as { raw: Buffer };
      raw[raw.length - 1] = (raw.at(-1) ?? 0) ^ 1;
      db.prepare('UPDATE payout_attempts SET raw = ?').run(raw);
    });
    await process.close();
    await start(caps);
    await expect(testbed.step(process.engine)).rejects.toThrow('was changed after it was signed');
  });
});
