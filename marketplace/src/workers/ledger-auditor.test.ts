import { silentLogger } from '@node3/shared/logger';
import { baseUnits, toMoney, zero } from '@node3/shared/money';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { operatorCapital, suspense } from '../domain/ledger-accounts.ts';
import type { PayoutGate } from '../payments/payout-gate.ts';
import {
  newWallet,
  type PayoutProcess,
  PayoutTestbed,
  type Wallet,
} from '../payments/testing/payout-testbed.ts';
import type { Treasury } from '../payments/treasury-port.ts';
import { writeOffLoss } from '../services/write-off-loss.ts';
import { LedgerAuditor } from './ledger-auditor.ts';

const chainUsdc = 1_000_000_000n;

let testbed: PayoutTestbed;
let treasury: Wallet;
let process: PayoutProcess;
let auditor: LedgerAuditor;
let opened = 0;

beforeAll(async () => {
  testbed = await PayoutTestbed.start();
});
afterAll(() => testbed.localnet.stop());

beforeEach(async () => {
  treasury = await testbed.treasury(10_000_000_000n, chainUsdc);
  const gate: PayoutGate = { check: () => auditor.check() };
  process = testbed.open({ path: ':memory:', treasury, gates: [gate] });
  opened = 0;
  auditor = newAuditor(testbed.treasuryOf(process, treasury));
  await testbed.addCapital(process, 10_000_000_000n);
});
afterEach(() => process.close());

function newAuditor(chain: Pick<Treasury, 'balances'>): LedgerAuditor {
  return new LedgerAuditor({
    store: process.store,
    treasury: chain,
    clock: testbed.clock,
    log: silentLogger,
    confirmMs: 0,
    onOpen: () => {
      opened += 1;
    },
  });
}

/** Money that is in the ledger and not on chain, as a deposit that was credited twice would be. */
function bookWithoutMoney(microUsdc: bigint): Promise<void> {
  return testbed.post(process.store, `phantom-${microUsdc}`, suspense, 'USDC', microUsdc);
}

async function payOne(): Promise<bigint> {
  const wallet = newWallet();
  await testbed.addPayout(process, wallet.address, 'SOL', 5_000_000n);
  await testbed.settle(process);
  testbed.localnet.advanceSlots(40);
  return testbed.lamportsOf(wallet.address);
}

describe('proof of reserves', () => {
  it('[7.21] [P58] stops payouts when the chain holds less than the ledger says, until it does again', async () => {
    await auditor.verify();
    expect(await payOne()).toBe(5_000_000n);
    await bookWithoutMoney(chainUsdc + 7n);
    const { reserves } = await auditor.verify();
    expect(reserves.USDC).toMatchObject({ onChain: chainUsdc, deficit: 7n, surplus: 0n });
    expect(auditor.health()).toMatchObject({
      state: 'failed',
      detail: expect.stringMatching(/^The treasury holds less than the ledger says, so payouts/),
    });
    expect(await payOne()).toBe(0n);
    expect(process.engine.status().state).toBe('halted');

    testbed.localnet.mintUsdc(treasury.address, 7n);
    testbed.localnet.advanceSlots(40);
    expect(opened).toBe(1);
    await auditor.verify();
    expect(opened).toBe(2);
    expect(auditor.health().state).toBe('ok');
    await testbed.settle(process);
    expect(await process.store.countPayouts()).toMatchObject({ finalized: 2, due: 0 });
  });

  it('counts no payout that has left and is not booked yet', async () => {
    await auditor.verify();
    await testbed.post(process.store, 'users', suspense, 'USDC', chainUsdc - 400n);
    await testbed.addPayout(process, newWallet().address, 'USDC', 400n);
    await testbed.addPayout(process, newWallet().address, 'SOL', 5_000_000n);
    await testbed.step(process.engine);
    testbed.localnet.advanceSlots(40);
    const { reserves } = await auditor.verify();
    expect(reserves.USDC).toMatchObject({
      onChain: chainUsdc - 400n,
      ledger: chainUsdc,
      onItsWay: 400n,
      deficit: zero,
    });
    expect((reserves.SOL.onChain ?? 0n) < reserves.SOL.ledger).toBe(true);
    expect(reserves.SOL.deficit).toBe(0n);
    await testbed.settle(process);
    const settled = await auditor.verify();
    expect(settled.reserves.SOL).toMatchObject({ onItsWay: zero, surplus: zero, deficit: zero });
    expect(settled.reserves.SOL.onChain).toBe(settled.reserves.SOL.ledger);
  });

  it('reports deposits that nobody has claimed as a surplus', async () => {
    const { reserves } = await auditor.verify();
    expect(reserves.USDC).toMatchObject({ surplus: chainUsdc, liabilities: zero, deficit: zero });
  });

  it('sees that more is owed than there is, though the books agree', async () => {
    const spend = { debit: 'fee:network', credit: 'chain:treasury', kind: 'network_fee' } as const;
    const amount = baseUnits(9_999_000_000n);
    const transfer = { ...spend, transferId: 'spend', asset: 'SOL', amount, ref: 'x' } as const;
    await process.store.postTransfers([transfer], [], 1);
    await testbed.post(process.store, 'owed', suspense, 'SOL', 2_000_000_000n);
    await testbed.post(process.store, 'more', operatorCapital, 'SOL', 1n);
    const { reserves } = await auditor.verify();
    expect(reserves.SOL.deficit).toBe(0n);
    const rest = { ...transfer, transferId: 'spend-2', amount: baseUnits(1_500_000_000n) };
    await process.store.postTransfers([rest], [], 1);
    const poor = newAuditor({
      balances: async () => ({ SOL: baseUnits(501_000_001n), USDC: zero }),
    });
    expect((await poor.reserves()).SOL).toMatchObject({
      ledger: 501_000_001n,
      liabilities: 2_000_000_000n,
      deficit: 1_498_999_999n,
    });
  });

  it('lets the operator bear a loss, and no more than one', async () => {
    await bookWithoutMoney(chainUsdc + 7n);
    await auditor.verify();
    const deps = { store: process.store, clock: testbed.clock, ledger: auditor };
    const reason = 'stolen by a former employee';
    const writeOff = (amount: bigint) => writeOffLoss(deps, toMoney(amount, 'USDC'), reason);
    await expect(writeOff(8n)).rejects.toMatchObject({ code: 'AMOUNT_INVALID' });
    await expect(writeOff(7n)).rejects.toMatchObject({ code: 'FUNDS_INSUFFICIENT' });

    testbed.localnet.mintUsdc(treasury.address, 7n);
    await testbed.post(process.store, 'more-capital', operatorCapital, 'USDC', 7n);
    testbed.localnet.advanceSlots(40);
    expect((await auditor.reserves()).USDC).toMatchObject({ deficit: 7n, onChain: chainUsdc + 7n });
    const twice = await Promise.all([writeOff(7n), writeOff(7n)]);
    expect(twice.map(({ state }) => state)).toEqual(['covered', 'covered']);
    expect(await auditor.check()).toBeNull();
    expect((await auditor.verify()).audit.problems).toEqual([]);
    expect(await process.store.ledgerBalance(operatorCapital, 'USDC')).toBe(0n);
    await expect(writeOff(1n)).rejects.toMatchObject({ code: 'AMOUNT_INVALID' });
    const events = await process.store.eventsAfter(0, 10);
    expect(events.map(({ name, data }) => [name, data['why']])).toContainEqual([
      'ledger.written-off',
      reason,
    ]);
  });

  it('believes no single read: a deposit may be credited by a node that is ahead', async () => {
    await bookWithoutMoney(chainUsdc + 7n);
    const real = testbed.treasuryOf(process, treasury);
    let reads = 0;
    const behind = newAuditor({
      async balances() {
        const balances = await real.balances();
        reads += 1;
        if (reads === 1) {
          testbed.localnet.mintUsdc(treasury.address, 7n);
          testbed.localnet.advanceSlots(40);
        }
        return balances;
      },
    });
    await behind.verify();
    expect(reads).toBe(2);
    expect(behind.health().state).toBe('ok');
  });

  it('takes silence for no deficit, and for no end of one', async () => {
    const { faults } = testbed.localnet;
    faults.add({ method: 'getMultipleAccounts', action: 'refuse', times: null });
    await bookWithoutMoney(chainUsdc + 7n);
    const { reserves } = await auditor.verify();
    expect(reserves.USDC).toMatchObject({ onChain: null, deficit: zero, surplus: zero });
    expect(await auditor.check()).toBeNull();
    faults.clear();
    await auditor.verify();
    expect(await auditor.check()).not.toBeNull();
    faults.add({ method: 'getMultipleAccounts', action: 'refuse', times: null });
    await auditor.verify();
    expect(await auditor.check()).not.toBeNull();
    faults.clear();
  });
});

describe('a ledger that does not add up', () => {
  it('stops payouts until it does, and /health says so', async () => {
    expect(auditor.health().state).toBe('degraded');
    expect(await payOne()).toBe(0n);
    await auditor.verify();
    expect(opened).toBe(1);
    await testbed.settle(process);
    expect(await process.store.countPayouts()).toMatchObject({ finalized: 1 });

    const edit = (sql: string) => process.sqlite.writeRaw((db) => void db.exec(sql));
    await edit('DROP TRIGGER transfers_final');
    await edit('UPDATE transfers SET amount = amount + 1 WHERE entry = 1');
    const { audit } = await auditor.verify();
    expect(audit.problems[0]).toMatch(/^Entry 1 \(capital:\w+\) was changed/);
    expect(auditor.health()).toMatchObject({
      state: 'failed',
      detail: expect.stringMatching(/^The ledger does not add up, so payouts are stopped/),
    });
    expect(await auditor.balanced()).toBe(false);
    expect(await payOne()).toBe(0n);

    await edit('UPDATE transfers SET amount = amount - 1 WHERE entry = 1');
    await auditor.verify();
    expect(opened).toBe(2);
    await testbed.settle(process);
    expect(await process.store.countPayouts()).toMatchObject({ finalized: 2 });
  });

  it('is looked at by the loop: all of it at first, then what is new', async () => {
    const seen: (number | null)[] = [];
    const { store } = process;
    const watched = new Proxy(store, {
      get: (target, name) =>
        name === 'auditLedger'
          ? (...args: Parameters<typeof store.auditLedger>) => {
              seen.push(args[0]?.entry ?? null);
              return store.auditLedger(...args);
            }
          : Reflect.get(target, name),
    });
    process = { ...process, store: watched };
    const looped = newAuditor(testbed.treasuryOf(process, treasury));
    const loop = looped.start();
    expect(await looped.balanced()).toBe(true);
    await looped.verify();
    await bookWithoutMoney(1n);
    loop.wake();
    await expect.poll(() => seen.length).toBe(3);
    testbed.clock.advance(86_400_000);
    loop.wake();
    await expect.poll(() => seen.length).toBe(4);
    await loop.stop();
    expect(seen).toEqual([null, null, 1, null]);
    await expect(looped.verify()).rejects.toMatchObject({ code: 'SERVICE_STOPPING' });
  });

  it('goes on from the last audit after one that broke off', async () => {
    const audits = vi.spyOn(process.store, 'auditLedger');
    const loop = auditor.start();
    const over = (count: number) =>
      vi.waitFor(() => {
        const ends = audits.mock.settledResults.filter(({ type }) => type !== 'incomplete');
        expect(ends).toHaveLength(count);
      });
    await over(1);
    audits.mockRejectedValueOnce(new Error('the database is away'));
    loop.wake();
    await over(2);
    loop.wake();
    await over(3);
    await loop.stop();
    const [first, broken, next] = audits.mock.calls.map(([since]) => since);
    expect(first).toBeNull();
    expect(broken?.entry).toBeGreaterThan(0);
    expect(next).toBe(broken);
  });
});
