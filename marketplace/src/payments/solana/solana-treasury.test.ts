import { type Localnet, startLocalnet } from '@node3/localnet/localnet';
import { systemClock } from '@node3/shared/clock';
import { silentLogger } from '@node3/shared/logger';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { chainTreasury, operatorCapital } from '../../domain/ledger-accounts.ts';
import { createTreasurySigner } from '../keys/signer.ts';
import { keyOf, newWallet, PayoutTestbed, sol } from '../testing/payout-testbed.ts';
import { faucetPurposes } from '../treasury-port.ts';
import { createSolanaTreasury } from './solana-treasury.ts';

let localnet: Localnet;
let testbed: PayoutTestbed;

beforeAll(async () => {
  localnet = await startLocalnet({
    httpPort: 0,
    slotMs: 50,
    dataDir: null,
    log: silentLogger,
    clock: systemClock,
  });
  testbed = new PayoutTestbed(localnet);
});
afterAll(() => localnet.stop());

it('gets capital from the faucet once, opens its USDC account and books the cost', async () => {
  const wallet = newWallet();
  const process = testbed.open({ path: ':memory:', treasury: wallet });
  const treasury = testbed.treasuryOf(process, wallet);
  expect(treasury.lastBalances()).toBeNull();
  await expect(treasury.ensureUsdcAccount()).rejects.toMatchObject({ code: 'FUNDS_INSUFFICIENT' });
  await treasury.bootstrapCapital(sol(1_000_000_000n));
  await treasury.bootstrapCapital(sol(1_000_000_000n));
  await treasury.ensureUsdcAccount();
  await treasury.ensureUsdcAccount();

  expect(await process.store.ledgerBalance(operatorCapital, 'SOL')).toBe(1_000_000_000n);
  const balances = await treasury.balances();
  expect(balances).toEqual({
    SOL: await process.store.ledgerBalance(chainTreasury, 'SOL'),
    USDC: 0n,
  });
  expect(balances.SOL).toBe(1_000_000_000n - 1_488_440n - 5_000n);
  expect(treasury.lastBalances()?.balances).toEqual(balances);
  expect(await process.store.verifyLedger()).toMatchObject({ balanced: true });
  // The account's opening is known, so it does not look like somebody else's transaction.
  expect((await process.engine.step(testbed.clock.nowMs())).halted).toBeNull();
  await process.close();
});

it('[7.23] has no faucet on mainnet', async () => {
  const wallet = newWallet();
  const process = testbed.open({ path: ':memory:', treasury: wallet });
  const { usdcMint, rpc } = testbed;
  const none = { payout: sol(0n), hour: sol(0n), day: sol(0n) };
  const policy = {
    usdcMint,
    caps: { SOL: none, USDC: none },
    priorityFeeLamportsMax: 0n,
    stopped: () => null,
  };
  const treasury = createSolanaTreasury({
    rpc,
    cluster: 'mainnet-beta',
    signer: createTreasurySigner(keyOf(wallet), policy, systemClock),
    usdcMint,
    store: process.store,
    clock: systemClock,
    log: silentLogger,
  });
  await expect(treasury.airdrop(sol(1n), faucetPurposes.operator)).rejects.toMatchObject({
    code: 'FAUCET_UNAVAILABLE',
  });
  await process.close();
});
