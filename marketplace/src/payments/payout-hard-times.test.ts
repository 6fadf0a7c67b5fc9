import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rentFloat } from '../domain/ledger-accounts.ts';
import { type CalmRunOptions, openCalmRun } from './testing/chaos/calm-run.ts';
import type { ChaosRun } from './testing/chaos/chaos-run.ts';
import { settle } from './testing/chaos/settle-run.ts';

/** What runs of chaos found, each as the shortest story that shows it; and forks. */

let folder: string;
let run: ChaosRun;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'node3-hard-times-'));
});
afterEach(async () => {
  await run.close();
  rmSync(folder, { recursive: true, force: true });
});

async function open(options: Omit<CalmRunOptions, 'folder'>): Promise<void> {
  run = await openCalmRun({ ...options, folder });
}

/** Somebody has earned SOL, and the marketplace knows it. */
async function earn(lamports = 5_000_000n): Promise<void> {
  const [wallet] = run.wallets.all;
  if (wallet === undefined) throw new Error('there is nobody to be paid');
  await run.market.addJob(wallet, 'SOL', lamports);
  run.network.passSlots(run.scenario.finalizedLagSlots + 1);
  await run.market.ask(run.process);
}

/** Of an account without data, lamports. */
const rentOfOneReceipt = 650_240n;

async function steps(count: number): Promise<void> {
  for (let made = 0; made < count; made += 1) await run.step(0, 1);
}

async function statesOfPayouts(): Promise<Record<string, number>> {
  const counts = await run.process.rawStore.countPayouts();
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
}

async function expectEverythingRight(): Promise<void> {
  expect(await settle(run)).toEqual([]);
  expect([...run.findings]).toEqual([]);
}

describe('a fork', () => {
  it('[P26] takes a payment back that was processed, and it lands later: paid once', async () => {
    await open({ scenario: { finalizedLagSlots: 12 } });
    await earn();
    await run.step(0, 0);
    const { chain } = run.network.localnet;
    const [dropped] = chain.fork(1);
    if (dropped === undefined) throw new Error('the payment landed in the present slot');
    chain.landLater(dropped.wire, 6);
    const rule = { method: 'sendTransaction', action: 'drop', times: 3 } as const;
    run.network.addFault(0, 'send dropped', rule);
    await steps(30);
    expect(await statesOfPayouts()).toEqual({ finalized: 1 });
    await expectEverythingRight();
  });

  it('[P27] takes a payment back that was confirmed, and it is sent again: paid once', async () => {
    await open({ scenario: { finalizedLagSlots: 12 } });
    await earn();
    await steps(4);
    expect(await statesOfPayouts()).toEqual({ confirmed: 1 });
    expect(run.network.localnet.chain.fork(8)).toHaveLength(1);
    await steps(20);
    expect(await statesOfPayouts()).toEqual({ finalized: 1 });
    await expectEverythingRight();
  });

  it('[P27] takes a confirmed payment back for good, and another attempt pays: once', async () => {
    await open({ scenario: { finalizedLagSlots: 12 } });
    await earn();
    await steps(4);
    run.network.localnet.chain.fork(8);
    const rule = { method: 'sendTransaction', action: 'drop', times: null } as const;
    const fault = run.network.addFault(0, 'send dropped', rule);
    await steps(2);
    run.network.passSlots(170);
    await steps(2);
    fault.remove();
    await steps(20);
    expect(await statesOfPayouts()).toEqual({ finalized: 1 });
    await expectEverythingRight();
  });
});

describe('a worker that waits for longer than its lease', () => {
  it('[P28][P53] changes nothing of what the other one has done meanwhile', async () => {
    await open({ scenario: { workers: 2 }, settings: { leaseMs: 4_000 } });
    await run.step(0, 1);
    await earn();
    // The first worker's trial run gets no answer; the second one signs and pays.
    run.network.addFault(0, 'call hangs', { method: 'simulateTransaction', action: 'hang' });
    await run.step(0, 4);
    await expectEverythingRight();
    const { transactions } = run.network.localnet.chain;
    const ours = transactions.records().filter(({ keys }) => keys[0] === run.treasury);
    expect(ours.filter(({ err }) => err === null)).toHaveLength(1);
  });
});

describe('many receipts', () => {
  it('give their rent back, some at a time, and keep nobody waiting meanwhile', async () => {
    await open({});
    for (let batch = 0; batch < 21; batch += 1) {
      await earn();
      await steps(5);
    }
    run.network.skipTime(run.scenario.settings.receiptKeptMs + 1_000);
    await earn();
    await steps(4);
    expect(await statesOfPayouts()).toEqual({ finalized: 22 });
    await steps(20);
    const { rawStore } = run.process;
    expect(await rawStore.ledgerBalance(rentFloat, 'SOL')).toBe(rentOfOneReceipt);
    await expectEverythingRight();
  });
});

describe('nodes that show nothing of the past', () => {
  it('[P23] do not make a reclaim look lost that has landed', async () => {
    await open({});
    await earn();
    await expectEverythingRight();
    run.network.skipTime(run.scenario.settings.receiptKeptMs + 1_000);
    const blind = { action: 'blind', scope: 'history', slots: null } as const;
    const fault = run.network.addFault(0, 'blind to history', blind);
    await steps(6);
    run.network.passSlots(400);
    await steps(6);
    expect(await run.process.rawStore.openReclaims()).toHaveLength(1);
    fault.remove();
    await steps(6);
    expect(await run.process.rawStore.openReclaims()).toEqual([]);
    await expectEverythingRight();
  });

  it('[P23] give up a reclaim that never landed, and make another one', async () => {
    await open({});
    await earn();
    await expectEverythingRight();
    run.network.skipTime(run.scenario.settings.receiptKeptMs + 1_000);
    const rule = { method: 'sendTransaction', action: 'drop', times: null } as const;
    const fault = run.network.addFault(0, 'send dropped', rule);
    await steps(6);
    const [first] = await run.process.rawStore.openReclaims();
    run.network.passSlots(400);
    await steps(6);
    const [second] = await run.process.rawStore.openReclaims();
    expect(second?.attempt.signature).not.toBe(first?.attempt.signature);
    fault.remove();
    await steps(6);
    await expectEverythingRight();
  });
});

describe('a wall clock that is set back', () => {
  it('[P32] delays no look at the chain and no rent that comes back', async () => {
    await open({ settings: { receiptKeptMs: 0 } });
    run.clock.skew(3_600_000);
    await run.step(0, 1);
    run.clock.skew(0);
    await earn();
    await steps(12);
    expect(await statesOfPayouts()).toEqual({ finalized: 1 });
    await steps(12);
    expect(await run.process.rawStore.ledgerBalance(rentFloat, 'SOL')).toBe(0n);
    await expectEverythingRight();
  });
});
