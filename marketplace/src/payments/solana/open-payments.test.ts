import { systemClock } from '@node3/shared/clock';
import { silentLogger } from '@node3/shared/logger';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { keyOf, newWallet, type PayoutProcess, PayoutTestbed } from '../testing/payout-testbed.ts';
import { openPayments } from './open-payments.ts';

let testbed: PayoutTestbed;
let process: PayoutProcess;
const wallet = newWallet();

beforeAll(async () => {
  testbed = await PayoutTestbed.start();
  process = testbed.open({ path: ':memory:', treasury: wallet });
});
afterAll(async () => {
  await process.close();
  await testbed.localnet.stop();
});

const open = (usdcMint: string | null) =>
  openPayments({
    rpcUrls: [testbed.localnet.rpcUrl],
    mainnet: 'refused',
    key: keyOf(wallet),
    usdcMint,
    payoutCaps: { SOL: {}, USDC: {} },
    stopped: () => null,
    store: process.store,
    clock: systemClock,
    log: silentLogger,
  });

it('connects to the embedded chain and finds its USDC', async () => {
  const payments = await open(null);
  expect(payments).toMatchObject({ cluster: 'localnet', usdcMint: testbed.usdcMint });
  expect(payments.rail.treasury).toBe(wallet.address);
  expect(payments.treasury.wallet).toBe(wallet.address);
});

it('refuses a mint that is none', async () => {
  await expect(open(newWallet().address)).rejects.toThrow('is not a token mint on localnet');
});
