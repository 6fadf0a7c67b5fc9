import { systemIds } from '@node3/shared/ids';
import {
  createAssociatedTokenAccountIdempotentInstruction,
  createInitializeMint2Instruction,
  createMintToInstruction,
  MINT_SIZE,
  TOKEN_PROGRAM_ID,
} from '@solana/spl-token';
import { PublicKey, SystemProgram } from '@solana/web3.js';
import bs58 from 'bs58';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import {
  createUsdcAccount,
  usdcAccountOf,
  voidInstructions,
} from './solana/transaction-builder.ts';
import { expectLedgerMatchesChain, payElsewhere } from './testing/lost-payments.ts';
import {
  newWallet,
  type PayoutProcess,
  PayoutTestbed,
  sol,
  type Wallet,
} from './testing/payout-testbed.ts';

let testbed: PayoutTestbed;
let treasury: Wallet;
let process: PayoutProcess;
const anna = newWallet().address;
const ben = newWallet().address;
/** What is owed to Anna and held, in SOL. */
let held: string;

beforeAll(async () => {
  testbed = await PayoutTestbed.start();
});
afterAll(() => testbed.localnet.stop());
beforeEach(async () => {
  treasury = await testbed.treasury();
  process = testbed.open({ path: ':memory:', treasury });
  await testbed.addCapital(process, 10_000_000_000n);
  held = await hold(anna, 'SOL', 5_000_000n);
});
afterEach(() => process.close());

async function hold(wallet: string, asset: 'SOL' | 'USDC', amount: bigint): Promise<string> {
  const payoutId = await testbed.addPayout(process, wallet, asset, amount);
  await process.store.holdPayouts([{ payoutId, reason: 'restored' }], []);
  return payoutId;
}

type Changes = Parameters<typeof payElsewhere>[3];

/** Pays Anna by hand, and makes it final. */
async function pay(amount: bigint, changes: Changes = {}): Promise<string> {
  const payment = { wallet: anna, asset: 'SOL' as const, amount: sol(amount) };
  const signature = await payElsewhere(testbed, treasury, [payment], changes);
  testbed.localnet.advanceSlots(4);
  return signature;
}

async function expectRefused(payoutIds: string[], signature: string, code: string, why: RegExp) {
  await expect(process.engine.settle(payoutIds, signature)).rejects.toMatchObject({
    code,
    message: expect.stringMatching(why),
  });
  for (const payoutId of payoutIds) {
    expect((await process.store.payout(payoutId))?.state).toBe('held');
  }
  expect(await process.store.verifyLedger()).toEqual({ balanced: true, problems: [] });
}

const invalid = 'PAYOUT_PROOF_INVALID';

it('refuses a payment to somebody else', async () => {
  const signature = await pay(5_000_000n);
  const bens = await hold(ben, 'SOL', 5_000_000n);
  await expectRefused([bens], signature, invalid, new RegExp(`pays nothing to ${ben}`));
});

it('refuses a payment of another amount', async () => {
  const signature = await pay(5_000_001n);
  await expectRefused([held], signature, invalid, /0\.005000001 SOL .* come to 0\.005 SOL/);
});

it('refuses a payment in another asset, and one in another token', async () => {
  const inUsdc = await hold(anna, 'USDC', 5_000_000n);
  await expectRefused([inUsdc], await pay(5_000_000n), invalid, /pays in SOL; .* is in USDC/);
  const mint = await anotherMint();
  const payment = { wallet: anna, asset: 'USDC' as const, amount: sol(5_000_000n) };
  const signature = await payElsewhere(testbed, treasury, [payment], { usdcMint: mint });
  testbed.localnet.advanceSlots(4);
  await expectRefused([inUsdc], signature, invalid, new RegExp(`moves the token ${mint}`));
});

it('refuses a transaction that failed', async () => {
  const receiptSeed = systemIds.secret(15);
  const payment = { wallet: anna, asset: 'SOL' as const, amount: sol(5_000_000n) };
  const first = await payElsewhere(testbed, treasury, [payment], { receiptSeed });
  const second = await payElsewhere(testbed, treasury, [payment], { receiptSeed });
  testbed.localnet.advanceSlots(4);
  await expectRefused([held], second, invalid, /failed on chain/);
  await process.engine.settle([held], first);
});

it('refuses a transaction that is not final, until it is', async () => {
  const payment = { wallet: anna, asset: 'SOL' as const, amount: sol(5_000_000n) };
  const signature = await payElsewhere(testbed, treasury, [payment]);
  testbed.localnet.advanceSlots(1);
  await expectRefused([held], signature, 'PAYOUT_PROOF_PENDING', /show it as final/);
  testbed.localnet.advanceSlots(4);
  expect(await process.engine.settle([held], signature)).toMatchObject([{ state: 'finalized' }]);
});

it('refuses a signature that nobody knows', async () => {
  const signature = bs58.encode(Buffer.alloc(64, 7));
  await expectRefused([held], signature, 'PAYOUT_PROOF_PENDING', /No endpoint knows/);
});

it('refuses what another key signed', async () => {
  const other = await testbed.treasury();
  const signature = await pay(5_000_000n, { by: other });
  await expectRefused([held], signature, invalid, /treasury is not the one who signed/);
});

it('refuses a transfer without a receipt, one without a batch, and a tombstone', async () => {
  const bare = SystemProgram.transfer({
    fromPubkey: treasury.keypair.publicKey,
    toPubkey: new PublicKey(anna),
    lamports: 5_000_000n,
  });
  const transfer = await testbed.sendInstructions(treasury, [bare]);
  const tombstone = await testbed.sendInstructions(
    treasury,
    voidInstructions({
      treasury: treasury.address,
      receiptSeed: systemIds.secret(15),
      receiptRent: 900_000n,
      memo: `${systemIds.next('batch')}/v1`,
      budget: { unitsMax: 100_000, unitPrice: 0n },
    }),
  );
  const nameless = await pay(5_000_000n, { memo: 'thank you' });
  await expectRefused([held], transfer, invalid, /makes no receipt/);
  await expectRefused([held], tombstone, invalid, /makes no receipt/);
  await expectRefused([held], nameless, invalid, /memo names no batch/);
});

it('refuses what is booked already, for others or by another transaction', async () => {
  const [first, second] = [await pay(5_000_000n), await pay(5_000_000n)];
  const again = await hold(anna, 'SOL', 5_000_000n);
  await process.engine.settle([held], first);
  await expectRefused([again], first, invalid, /booked already, for other payouts/);
  await expect(process.engine.settle([held], second)).rejects.toMatchObject({
    code: 'PAYOUT_STATE_INVALID',
    message: expect.stringMatching(new RegExp(`finalized by ${first}`)),
  });
  await process.engine.settle([again], second);
  await expectLedgerMatchesChain(testbed, process);
});

it('refuses the receipt of a payout that the engine paid itself', async () => {
  const other = await testbed.addPayout(process, anna, 'SOL', 5_000_000n);
  await testbed.step(process.engine);
  const { signature } = (await process.store.payout(other)) ?? {};
  await expect(process.engine.settle([other], signature ?? '')).rejects.toMatchObject({
    code: 'PAYOUT_STATE_INVALID',
    message: expect.stringMatching(/engine follows this transaction/),
  });
  testbed.localnet.advanceSlots(4);
  await expectRefused([held], signature ?? '', invalid, /booked already, for other payouts/);
  await testbed.settle(process);
  await expectRefused([held], signature ?? '', invalid, /booked already, for other payouts/);
});

it('refuses a payout that is due, and one that there is not', async () => {
  const due = await testbed.addPayout(process, ben, 'SOL', 5_000_000n);
  await expect(process.engine.settle([due], await pay(5_000_000n))).rejects.toMatchObject({
    code: 'PAYOUT_STATE_INVALID',
    message: expect.stringMatching(/is due; only one that is held/),
  });
  const missing = process.engine.settle([systemIds.next('payout')], bs58.encode(Buffer.alloc(64)));
  await expect(missing).rejects.toMatchObject({ code: 'PAYOUT_NOT_FOUND' });
});

/** A token of the treasury's own making. @returns its mint. */
async function anotherMint(): Promise<string> {
  const owner = treasury.keypair.publicKey;
  const seed = systemIds.secret(8);
  const mint = await PublicKey.createWithSeed(owner, seed, TOKEN_PROGRAM_ID);
  const own = new PublicKey(usdcAccountOf(mint.toBase58(), treasury.address));
  await testbed.sendInstructions(treasury, [
    SystemProgram.createAccountWithSeed({
      fromPubkey: owner,
      basePubkey: owner,
      newAccountPubkey: mint,
      seed,
      lamports: 10_000_000,
      space: MINT_SIZE,
      programId: TOKEN_PROGRAM_ID,
    }),
    createInitializeMint2Instruction(mint, 6, owner, null),
    createAssociatedTokenAccountIdempotentInstruction(owner, own, owner, mint),
    createUsdcAccount(treasury.address, mint.toBase58(), anna),
    createMintToInstruction(mint, own, owner, 1_000_000_000n),
  ]);
  testbed.localnet.advanceSlots(1);
  return mint.toBase58();
}
