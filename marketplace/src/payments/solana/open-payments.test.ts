import { systemClock } from '@node3/shared/clock';
import { silentLogger } from '@node3/shared/logger';
import { createInitializeMint2Instruction, MINT_SIZE, TOKEN_PROGRAM_ID } from '@solana/spl-token';
import { PublicKey, SystemProgram } from '@solana/web3.js';
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

it('[P39] refuses a mint with other decimals than USDC has', async () => {
  const issuer = newWallet();
  testbed.localnet.airdrop(issuer.address, 1_000_000_000n);
  testbed.localnet.advanceSlots(4);
  const { publicKey } = issuer.keypair;
  const mint = await PublicKey.createWithSeed(publicKey, 'mint', TOKEN_PROGRAM_ID);
  await testbed.sendInstructions(issuer, [
    SystemProgram.createAccountWithSeed({
      fromPubkey: publicKey,
      basePubkey: publicKey,
      newAccountPubkey: mint,
      seed: 'mint',
      lamports: 10_000_000,
      space: MINT_SIZE,
      programId: TOKEN_PROGRAM_ID,
    }),
    createInitializeMint2Instruction(mint, 9, publicKey, null),
  ]);
  testbed.localnet.advanceSlots(4);
  await expect(open(mint.toBase58())).rejects.toThrow('does not have the 6 decimals of USDC');
});
