import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock } from '@node3/shared/testing/manual-clock';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { newWallet, PayoutTestbed } from '../payments/testing/payout-testbed.ts';
import { createMarketplaceMetrics } from './marketplace-metrics.ts';
import { showMoney } from './money-gauges.ts';
import { createObservability, type Observability } from './observability.ts';

let testbed: PayoutTestbed;

beforeAll(async () => {
  testbed = await PayoutTestbed.start();
});
afterAll(() => testbed.localnet.stop());

/** Of all payouts in SOL, by commitment. */
async function secondsUntil({ metrics }: Observability, commitment: string) {
  const name = 'node3_payment_confirmation_seconds';
  const text = await metrics.registry.getSingleMetricAsString(name);
  const labels = `{currency="SOL",commitment="${commitment}"}`;
  const read = (part: string) => {
    const line = text.split('\n').find((one) => one.startsWith(`${name}_${part}${labels} `));
    return line === undefined ? null : Number(line.split(' ').at(-1));
  };
  return { count: read('count'), sum: read('sum') };
}

async function startPaying(path = ':memory:') {
  const observability = createObservability(testbed.clock);
  const treasury = await testbed.treasury();
  const process = testbed.open({ path, treasury, observability });
  await testbed.addCapital(process, 10_000_000_000n);
  await testbed.addPayout(process, newWallet().address, 'SOL', 5_000_000n);
  const settle = async () => {
    await testbed.settle(process);
    await process.close();
  };
  return { observability, process, settle };
}

it('shows when a payment was confirmed, and later when it was final', async () => {
  const { observability, settle } = await startPaying();
  await settle();
  const confirmed = await secondsUntil(observability, 'confirmed');
  const finalized = await secondsUntil(observability, 'finalized');
  expect([confirmed.count, finalized.count]).toEqual([1, 1]);
  expect(confirmed.sum).toBeGreaterThan(0);
  expect(confirmed.sum).toBeLessThan(finalized.sum ?? 0);
});

it('does not say when a payment was confirmed that was final at first sight', async () => {
  const { observability, process, settle } = await startPaying();
  await testbed.step(process.engine);
  testbed.localnet.advanceSlots(40);
  await settle();
  expect(await secondsUntil(observability, 'confirmed')).toEqual({ count: null, sum: null });
  expect(await secondsUntil(observability, 'finalized')).toMatchObject({ count: 1 });
});

it('does not say so of one that was confirmed while no process looked', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'node3-confirmed-'));
  const path = join(folder, 'market.db');
  const { process: first } = await startPaying(path);
  await testbed.step(first.engine);
  await first.close();
  const observability = createObservability(testbed.clock);
  const next = testbed.open({ path, treasury: first.treasury, observability });
  await testbed.settle(next);
  await next.close();
  rmSync(folder, { recursive: true });
  expect(await secondsUntil(observability, 'confirmed')).toEqual({ count: null, sum: null });
  expect(await secondsUntil(observability, 'finalized')).toMatchObject({ count: 1 });
});

it('shows the SOL of the fee payer while it is known, and never 0 for what is not', async () => {
  const metrics = createMarketplaceMetrics();
  const process = testbed.open({ path: ':memory:', treasury: newWallet() });
  const auditor = { found: { balanced: null, reserves: null } };
  const deps = { metrics, store: process.store, clock: new ManualClock(), auditor };
  const shown = async (feePayerLamports: bigint | null) => {
    await showMoney({ ...deps, x402: { feePayerLamports: () => feePayerLamports as never } });
    const { values } =
      (await metrics.registry.getSingleMetric('node3_wallet_balance')?.get()) ?? {};
    return values?.map(({ labels, value }) => ({ ...labels, value }));
  };
  const labels = { currency: 'SOL', wallet: 'fee_payer' };
  expect(await shown(1_500_000n)).toEqual([{ ...labels, value: 0.0015 }]);
  expect(await shown(0n)).toEqual([{ ...labels, value: 0 }]);
  expect(await shown(null)).toEqual([]);
  await process.close();
});
