import {
  createAssociatedTokenAccountIdempotentInstruction,
  createInitializeMint2Instruction,
  createMintToInstruction,
  createTransferCheckedInstruction,
  getAssociatedTokenAddressSync,
  MINT_SIZE,
  TOKEN_PROGRAM_ID,
} from '@solana/spl-token';
import {
  Connection,
  Keypair,
  PublicKey,
  SystemProgram,
  Transaction,
  type TransactionInstruction,
} from '@solana/web3.js';
import bs58 from 'bs58';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newWallet, PayoutTestbed, type Wallet } from '../testing/payout-testbed.ts';
import { verifyDeposit } from './deposits.ts';
import { usdcAccountOf } from './transaction-builder.ts';

let testbed: PayoutTestbed;
let treasury: Wallet;
let wallet: Wallet;

beforeAll(async () => {
  testbed = await PayoutTestbed.start();
  treasury = await testbed.treasury();
  wallet = await testbed.treasury(5_000_000_000n, 100_000_000n);
});
afterAll(() => testbed.localnet.stop());

/** Sends instructions as these wallets, the first one paying the fee. @returns the signature. */
async function send(signers: Keypair[], ...instructions: TransactionInstruction[]) {
  const connection = new Connection(testbed.localnet.rpcUrl, 'processed');
  const transaction = new Transaction().add(...instructions);
  transaction.feePayer = signers[0]?.publicKey ?? PublicKey.default;
  transaction.recentBlockhash = (await connection.getLatestBlockhash('processed')).blockhash;
  transaction.sign(...signers);
  await connection.sendRawTransaction(transaction.serialize(), { skipPreflight: true });
  return bs58.encode(transaction.signature ?? new Uint8Array());
}

const verify = (signature: string, from: string = wallet.address) =>
  verifyDeposit(testbed.rpc, {
    signature,
    wallet: from,
    treasury: treasury.address,
    usdcMint: testbed.usdcMint,
  });

const payTreasury = (from: Wallet, lamports: number) =>
  SystemProgram.transfer({
    fromPubkey: from.keypair.publicKey,
    toPubkey: treasury.keypair.publicKey,
    lamports,
  });

const payUsdc = (from: Wallet, amount: bigint) =>
  createTransferCheckedInstruction(
    new PublicKey(usdcAccountOf(testbed.usdcMint, from.address)),
    new PublicKey(testbed.usdcMint),
    new PublicKey(usdcAccountOf(testbed.usdcMint, treasury.address)),
    from.keypair.publicKey,
    amount,
    6,
  );

describe('verifyDeposit', () => {
  it('credits what arrived, in both assets, once it is final', async () => {
    const signature = await send([wallet.keypair], payTreasury(wallet, 7_000), payUsdc(wallet, 9n));
    await expect(verify(signature)).rejects.toMatchObject({ code: 'DEPOSIT_NOT_FOUND' });
    testbed.localnet.advanceSlots(4);
    expect(await verify(signature)).toEqual([
      { asset: 'SOL', amount: 7_000n },
      { asset: 'USDC', amount: 9n },
    ]);
  });

  it('refuses the transaction of another wallet', async () => {
    const signature = await send([wallet.keypair], payTreasury(wallet, 7_001));
    testbed.localnet.advanceSlots(4);
    await expect(verify(signature, newWallet().address)).rejects.toMatchObject({
      code: 'DEPOSIT_INVALID',
    });
  });

  it('refuses a transaction that several wallets signed', async () => {
    const other = await testbed.treasury(1_000_000_000n, 0n);
    const signature = await send(
      [wallet.keypair, other.keypair],
      payTreasury(wallet, 7_002),
      payTreasury(other, 8_000),
    );
    testbed.localnet.advanceSlots(4);
    await expect(verify(signature)).rejects.toThrow('Several wallets signed');
  });

  it('refuses a transaction that failed, paid somebody else or came back at once', async () => {
    const failed = await send(
      [wallet.keypair],
      payTreasury(wallet, 7_003),
      payUsdc(wallet, 10n ** 15n),
    );
    const elsewhere = await send(
      [wallet.keypair],
      SystemProgram.transfer({
        fromPubkey: wallet.keypair.publicKey,
        toPubkey: newWallet().keypair.publicKey,
        lamports: 10_000_000,
      }),
    );
    testbed.localnet.advanceSlots(4);
    await expect(verify(failed)).rejects.toThrow('failed on chain');
    await expect(verify(elsewhere)).rejects.toThrow('received neither SOL nor the listed USDC');
  });

  it('does not take another mint for USDC', async () => {
    const mint = Keypair.generate();
    const owner = wallet.keypair.publicKey;
    const own = getAssociatedTokenAddressSync(mint.publicKey, owner);
    const theirs = getAssociatedTokenAddressSync(mint.publicKey, treasury.keypair.publicKey);
    const program = TOKEN_PROGRAM_ID;
    await send(
      [wallet.keypair, mint],
      SystemProgram.createAccount({
        fromPubkey: owner,
        newAccountPubkey: mint.publicKey,
        lamports: 10_000_000,
        space: MINT_SIZE,
        programId: program,
      }),
      createInitializeMint2Instruction(mint.publicKey, 6, owner, null),
      createAssociatedTokenAccountIdempotentInstruction(owner, own, owner, mint.publicKey),
      createAssociatedTokenAccountIdempotentInstruction(
        owner,
        theirs,
        treasury.keypair.publicKey,
        mint.publicKey,
      ),
      createMintToInstruction(mint.publicKey, own, owner, 1_000_000_000n),
    );
    testbed.localnet.advanceSlots(1);
    const signature = await send(
      [wallet.keypair],
      createTransferCheckedInstruction(own, mint.publicKey, theirs, owner, 1_000_000_000n, 6),
    );
    testbed.localnet.advanceSlots(4);
    await expect(verify(signature)).rejects.toThrow('received neither SOL nor the listed USDC');
  });

  it('answers DEPOSIT_NOT_FOUND for a signature that nobody made', async () => {
    const signature = bs58.encode(new Uint8Array(64).fill(9));
    await expect(verify(signature)).rejects.toMatchObject({ code: 'DEPOSIT_NOT_FOUND' });
  });
});
