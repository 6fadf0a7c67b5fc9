import {
  createAssociatedTokenAccountIdempotentInstruction,
  createCloseAccountInstruction,
  createInitializeMintInstruction,
  createInitializeTransferFeeConfigInstruction,
  createMintToInstruction,
  createTransferCheckedInstruction,
  ExtensionType,
  getAssociatedTokenAddressSync,
  getMintLen,
  MINT_SIZE,
  NATIVE_MINT,
  TOKEN_2022_PROGRAM_ID,
  TOKEN_PROGRAM_ID,
} from '@solana/spl-token';
import {
  AddressLookupTableProgram,
  Keypair,
  PublicKey,
  SystemProgram,
  TransactionMessage,
  VersionedTransaction,
} from '@solana/web3.js';
import bs58 from 'bs58';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { usdcAccountOf } from '../payments/solana/transaction-builder.ts';
import type { Wallet } from '../payments/testing/payout-testbed.ts';
import { DepositTestbed, memo } from '../testing/deposit-testbed.ts';
import { signV1Transfer } from '../testing/v1-transfer.ts';

let testbed: DepositTestbed;
let bob: Wallet;

beforeAll(async () => {
  testbed = await DepositTestbed.start();
  bob = await testbed.payer();
});
afterAll(() => testbed.stop());

/** Whatever a test did, the ledger holds exactly what the chain does. */
async function expectExact(): Promise<void> {
  expect(await testbed.drift()).toEqual({ SOL: 0n, USDC: 0n });
  expect(await testbed.store.verifyLedger()).toEqual({ balanced: true, problems: [] });
}

describe('a deposit is credited by what the chain moved', () => {
  it('[7.20] [P61] to the last base unit, in both assets, by memo', async () => {
    const accountId = await testbed.openAccount();
    const tag = await testbed.memoOf(accountId);
    const both = [testbed.sol(bob, 7_000_001n), testbed.usdc(bob, 5_000_003n), tag];
    const signature = await testbed.send([bob.keypair], ...both);
    await testbed.scan();
    expect(await testbed.available(accountId, 'SOL')).toBe(7_000_001n);
    expect(await testbed.available(accountId, 'USDC')).toBe(5_000_003n);
    expect(await testbed.depositOf(signature)).toMatchObject([
      { asset: 'SOL', amount: 7_000_001n, route: 'memo', sourceOwner: bob.address },
      { asset: 'USDC', amount: 5_000_003n, route: 'memo', sourceOwner: bob.address },
    ]);
    await expectExact();
  });

  it('[P62] [P63] not for a fake mint, nor for a Token-2022 twin with a fee', async () => {
    const accountId = await testbed.openAccount();
    const tag = await testbed.memoOf(accountId);
    for (const program of [TOKEN_PROGRAM_ID, TOKEN_2022_PROGRAM_ID]) {
      const { mint, own, theirs } = await plantMint(program);
      const owner = bob.keypair.publicKey;
      const transfer = createTransferCheckedInstruction(
        own,
        mint,
        theirs,
        owner,
        5_000_000n,
        6,
        [],
        program,
      );
      const signature = await testbed.send([bob.keypair], transfer, tag);
      await testbed.scan();
      expect((await testbed.connection.getSignatureStatus(signature)).value?.err).toBeNull();
      expect(await testbed.depositOf(signature)).toEqual([]);
    }
    expect(await testbed.available(accountId, 'USDC')).toBe(0n);
    await expectExact();
  });

  it('[P64] to nobody when two accounts are named, until its sender or the operator decides', async () => {
    const [alice, carol] = [await testbed.openAccount(), await testbed.openAccount(bob.address)];
    const signature = await testbed.send(
      [bob.keypair],
      testbed.usdc(bob, 1_000_000n),
      testbed.usdc(bob, 2_000_000n),
      await testbed.memoOf(alice),
      await testbed.memoOf(carol),
    );
    await testbed.scan();
    expect(await testbed.depositOf(signature)).toMatchObject([
      { asset: 'USDC', amount: 3_000_000n, state: 'suspense', suspenseReason: 'ambiguous' },
    ]);
    expect(await testbed.suspended('USDC')).toBe(3_000_000n);
    const reference = (await testbed.intent(alice)).reference;
    const mixed = await testbed.send(
      [bob.keypair],
      testbed.usdc(bob, 1_000_000n, reference),
      await testbed.memoOf(carol),
    );
    await testbed.scan();
    expect(await testbed.depositOf(mixed)).toMatchObject([{ suspenseReason: 'ambiguous' }]);
    await expectExact();
  });

  it('[P65] not when the transaction failed', async () => {
    const accountId = await testbed.openAccount();
    const tag = await testbed.memoOf(accountId);
    const tooMuch = testbed.usdc(bob, 10n ** 15n);
    const signature = await testbed.send([bob.keypair], testbed.sol(bob, 9_000_000n), tooMuch, tag);
    await testbed.scan();
    expect((await testbed.connection.getSignatureStatus(signature)).value?.err).not.toBeNull();
    expect(await testbed.depositOf(signature)).toEqual([]);
    expect(await testbed.available(accountId, 'SOL')).toBe(0n);
    await expectExact();
  });

  it('[P66] net of what leaves again in the same transaction', async () => {
    const accountId = await testbed.openAccount();
    const { treasury, chain } = testbed;
    const back = createTransferCheckedInstruction(
      new PublicKey(usdcAccountOf(chain.usdcMint, treasury.address)),
      new PublicKey(chain.usdcMint),
      new PublicKey(usdcAccountOf(chain.usdcMint, bob.address)),
      treasury.keypair.publicKey,
      4_000_000n,
      6,
    );
    const tag = await testbed.memoOf(accountId);
    const inAndOut = [testbed.usdc(bob, 4_000_000n), back, tag];
    const zero = await testbed.send([bob.keypair, treasury.keypair], ...inAndOut);
    const more = [testbed.usdc(bob, 5_500_000n), back, tag];
    const rest = await testbed.send([bob.keypair, treasury.keypair], ...more);
    await testbed.scan();
    expect(await testbed.depositOf(zero)).toEqual([]);
    expect(await testbed.depositOf(rest)).toMatchObject([{ amount: 1_500_000n }]);
    expect(await testbed.available(accountId, 'USDC')).toBe(1_500_000n);
    await expectExact();
  });

  it('[P67] whatever else names its reference, before or after', async () => {
    const accountId = await testbed.openAccount();
    const { reference, intentId } = await testbed.intent(accountId, 'USDC');
    const spam = (lamports: bigint) => {
      const elsewhere = SystemProgram.transfer({
        fromPubkey: bob.keypair.publicKey,
        toPubkey: bob.keypair.publicKey,
        lamports,
      });
      const pubkey = new PublicKey(reference);
      elsewhere.keys.push({ pubkey, isSigner: false, isWritable: false });
      return elsewhere;
    };
    await testbed.send([bob.keypair], spam(1n));
    await testbed.send([bob.keypair], testbed.sol(bob, 1n, reference));
    const real = await testbed.send([bob.keypair], testbed.usdc(bob, 7_000_000n, reference));
    await testbed.send([bob.keypair], testbed.sol(bob, 2n, reference));
    await testbed.scan();
    expect(await testbed.available(accountId, 'USDC')).toBe(7_000_000n);
    expect(await testbed.depositOf(real)).toMatchObject([{ route: 'reference', intentId }]);
    // A reference that was used or has expired still belongs to its account.
    testbed.chain.clock.advance(10 * 86_400_000);
    await testbed.send([bob.keypair], testbed.usdc(bob, 1_000_000n, reference));
    await testbed.scan();
    expect(await testbed.available(accountId, 'USDC')).toBe(8_000_000n);
    await expectExact();
  });

  it('[P70] [P31] from v1, from v0 with lookup tables, and without any transfer instruction', async () => {
    const accountId = await testbed.openAccount();
    const { localnet } = testbed.chain;
    const { memo: text } = await testbed.intent(accountId);
    const to = testbed.treasury.address;
    await signV1Transfer(localnet.rpcUrl, { to, lamports: 11_000_000n, memo: text });
    await sendThroughTable(memo(text), 12_000_000n);
    await testbed.send([bob.keypair], ...(await closeInto(13_000_000n)), memo(text));
    await testbed.scan();
    expect(await testbed.available(accountId, 'SOL')).toBe(36_000_000n);
    await expectExact();
  });

  it('[P71] together once they reach the minimum', async () => {
    const accountId = await testbed.openAccount();
    const tag = await testbed.memoOf(accountId);
    const first = await testbed.send([bob.keypair], testbed.usdc(bob, 4_000n), tag);
    await testbed.send([bob.keypair], testbed.usdc(bob, 5_999n), tag);
    await testbed.scan();
    expect(await testbed.available(accountId, 'USDC')).toBe(0n);
    expect(await testbed.depositOf(first)).toMatchObject([
      { state: 'suspense', suspenseReason: 'dust', accountId },
    ]);
    const events = await testbed.store.lastEventSeq();
    await testbed.send([bob.keypair], testbed.usdc(bob, 1n), tag);
    await testbed.scan();
    expect(await testbed.available(accountId, 'USDC')).toBe(10_000n);
    expect(await testbed.depositOf(first)).toMatchObject([{ state: 'credited', route: 'memo' }]);
    const told = await testbed.store.eventsAfter(events, 10);
    expect(told.map(({ name }) => name)).toEqual(Array(3).fill('deposit.credited'));
    expect(JSON.stringify(told)).not.toContain('d1:');
    // Nobody's dust is nobody's business.
    await testbed.send([bob.keypair], testbed.usdc(bob, 2n), memo('<script>alert(1)</script>'));
    const before = await testbed.store.lastEventSeq();
    await testbed.scan();
    expect(await testbed.store.lastEventSeq()).toBe(before);
    await expectExact();
  });

  it('knows a source only when it is certain, whoever paid the fee', async () => {
    const other = await testbed.payer();
    const sponsored = await testbed.send([other.keypair, bob.keypair], testbed.usdc(bob, 20_000n));
    const sponsoredSol = await testbed.send(
      [other.keypair, bob.keypair],
      testbed.sol(bob, 20_000n),
    );
    const two = await testbed.send(
      [bob.keypair, other.keypair],
      testbed.usdc(bob, 20_000n),
      testbed.usdc(other, 20_000n),
    );
    const minted = testbed.chain.localnet.mintUsdc(testbed.treasury.address, 30_000n);
    await testbed.scan();
    expect(await testbed.depositOf(sponsored)).toMatchObject([{ sourceOwner: bob.address }]);
    expect(await testbed.depositOf(sponsoredSol)).toMatchObject([{ sourceOwner: bob.address }]);
    expect(await testbed.depositOf(two)).toMatchObject([{ amount: 40_000n, sourceOwner: null }]);
    expect(await testbed.depositOf(minted)).toMatchObject([{ amount: 30_000n, sourceOwner: null }]);
    await expectExact();
  });
});

/** A mint of bob's own with accounts for him and the treasury, and something to send. */
async function plantMint(program: PublicKey) {
  const keypair = Keypair.generate();
  const mint = keypair.publicKey;
  const owner = bob.keypair.publicKey;
  const own = getAssociatedTokenAddressSync(mint, owner, false, program);
  const theirs = getAssociatedTokenAddressSync(
    mint,
    testbed.treasury.keypair.publicKey,
    false,
    program,
  );
  const withFee = program.equals(TOKEN_2022_PROGRAM_ID);
  const space = withFee ? getMintLen([ExtensionType.TransferFeeConfig]) : MINT_SIZE;
  await testbed.send(
    [bob.keypair, keypair],
    SystemProgram.createAccount({
      fromPubkey: owner,
      newAccountPubkey: mint,
      lamports: 10_000_000,
      space,
      programId: program,
    }),
    ...(withFee
      ? [createInitializeTransferFeeConfigInstruction(mint, owner, owner, 100, 10n ** 12n, program)]
      : []),
    createInitializeMintInstruction(mint, 6, owner, null, program),
    createAssociatedTokenAccountIdempotentInstruction(owner, own, owner, mint, program),
    createAssociatedTokenAccountIdempotentInstruction(
      owner,
      theirs,
      testbed.treasury.keypair.publicKey,
      mint,
      program,
    ),
    createMintToInstruction(mint, own, owner, 1_000_000_000n, [], program),
  );
  testbed.chain.localnet.advanceSlots(1);
  return { mint, own, theirs };
}

/** A v0 transaction that names the treasury only through a lookup table. */
async function sendThroughTable(tag: ReturnType<typeof memo>, lamports: bigint): Promise<void> {
  const { connection, treasury } = testbed;
  const { localnet } = testbed.chain;
  const authority = bob.keypair.publicKey;
  const recentSlot = await connection.getSlot('processed');
  localnet.advanceSlots(1);
  const [create, table] = AddressLookupTableProgram.createLookupTable({
    authority,
    payer: authority,
    recentSlot,
  });
  const addresses = [treasury.keypair.publicKey];
  const extend = AddressLookupTableProgram.extendLookupTable({
    lookupTable: table,
    authority,
    payer: authority,
    addresses,
  });
  await testbed.send([bob.keypair], create, extend);
  localnet.advanceSlots(2);
  const found = await connection.getAddressLookupTable(table, { commitment: 'processed' });
  const message = new TransactionMessage({
    payerKey: authority,
    recentBlockhash: (await connection.getLatestBlockhash('processed')).blockhash,
    instructions: [testbed.sol(bob, lamports), tag],
  }).compileToV0Message(found.value === null ? [] : [found.value]);
  expect(message.addressTableLookups).toHaveLength(1);
  const transaction = new VersionedTransaction(message);
  transaction.sign([bob.keypair]);
  await connection.sendRawTransaction(transaction.serialize(), { skipPreflight: true });
}

/** Lamports that reach the treasury because the token program closes an account into it. */
async function closeInto(lamports: bigint) {
  const owner = bob.keypair.publicKey;
  const account = getAssociatedTokenAddressSync(NATIVE_MINT, owner);
  await testbed.send(
    [bob.keypair],
    createAssociatedTokenAccountIdempotentInstruction(owner, account, owner, NATIVE_MINT),
  );
  const rent = BigInt(await testbed.connection.getBalance(account, 'processed'));
  const fill = SystemProgram.transfer({
    fromPubkey: owner,
    toPubkey: account,
    lamports: lamports - rent,
  });
  const close = createCloseAccountInstruction(account, testbed.treasury.keypair.publicKey, owner);
  return [fill, close];
}

it('reads nothing from a signature that nobody made', async () => {
  const signature = bs58.encode(new Uint8Array(64).fill(9));
  expect(await testbed.source.read(signature)).toBeNull();
});
