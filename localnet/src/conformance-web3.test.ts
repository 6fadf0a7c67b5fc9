import {
  AddressLookupTableProgram,
  ComputeBudgetProgram,
  type Connection,
  Keypair,
  LAMPORTS_PER_SOL,
  PublicKey,
  SendTransactionError,
  SystemProgram,
  sendAndConfirmTransaction,
  Transaction,
  TransactionMessage,
  VersionedTransaction,
} from '@solana/web3.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Localnet } from './localnet.ts';
import { openLocalnet } from './testing/open-localnet.ts';
import { connect, disconnect, sign, transfer } from './testing/web3-client.ts';

let localnet: Localnet;
let connection: Connection;
const alice = Keypair.generate();
const bob = Keypair.generate();

beforeAll(async () => {
  localnet = await openLocalnet({ slotMs: 250 });
  connection = connect(localnet);
  const signature = await connection.requestAirdrop(alice.publicKey, 50 * LAMPORTS_PER_SOL);
  const latest = await connection.getLatestBlockhash();
  const { value } = await connection.confirmTransaction({ signature, ...latest }, 'confirmed');
  expect(value.err).toBeNull();
});

afterAll(async () => {
  disconnect(connection);
  await localnet.stop();
});

describe('@solana/web3.js 1.x, unmodified', () => {
  it('[7.31] confirms a transfer over the WebSocket', async () => {
    const transaction = new Transaction().add(transfer(alice, bob.publicKey, LAMPORTS_PER_SOL));
    const signature = await sendAndConfirmTransaction(connection, transaction, [alice]);
    expect(await connection.getBalance(bob.publicKey)).toBe(LAMPORTS_PER_SOL);
    const found = await connection.getTransaction(signature, { maxSupportedTransactionVersion: 1 });
    expect(found?.meta?.fee).toBe(5000);
    expect(found?.transaction.message.staticAccountKeys[0]?.equals(alice.publicKey)).toBe(true);
    const parsed = await connection.getParsedTransaction(signature);
    expect(parsed?.transaction.message.instructions[0]).toMatchObject({
      program: 'system',
      parsed: { type: 'transfer', info: { lamports: LAMPORTS_PER_SOL } },
    });
  });

  it('confirms at finalized by signature alone', async () => {
    const { raw } = await sign(connection, alice, [transfer(alice, bob.publicKey, 1_000_001)]);
    const signature = await connection.sendRawTransaction(raw);
    // eslint-disable-next-line typescript/no-deprecated -- many clients still confirm this way.
    const { value } = await connection.confirmTransaction(signature, 'finalized');
    expect(value.err).toBeNull();
    const { value: status } = await connection.getSignatureStatus(signature);
    expect(status).toMatchObject({ confirmationStatus: 'finalized', confirmations: null });
  });

  it('pages through the signatures of an address', async () => {
    const carol = Keypair.generate();
    const sent: string[] = [];
    for (let lamports = 2_000_000; lamports < 2_000_003; lamports += 1) {
      const { raw } = await sign(connection, alice, [transfer(alice, carol.publicKey, lamports)]);
      sent.unshift(await connection.sendRawTransaction(raw));
    }
    const [newest = '', middle = '', oldest = ''] = sent;
    await expect
      .poll(() => connection.getSignaturesForAddress(carol.publicKey).then((all) => all.length))
      .toBe(3);
    const signatures = async (options: object) => {
      const page = await connection.getSignaturesForAddress(carol.publicKey, options);
      return page.map(({ signature }) => signature);
    };
    expect(await signatures({})).toEqual([newest, middle, oldest]);
    expect(await signatures({ limit: 1 })).toEqual([newest]);
    expect(await signatures({ before: newest })).toEqual([middle, oldest]);
    expect(await signatures({ until: oldest })).toEqual([newest, middle]);
    expect(await signatures({ before: newest, until: oldest })).toEqual([middle]);
  });

  it('[7.31] lands a transaction once however often it is sent', async () => {
    const before = await connection.getBalance(bob.publicKey, 'processed');
    const { raw } = await sign(connection, alice, [transfer(alice, bob.publicKey, 11)]);
    const first = await connection.sendRawTransaction(raw);
    await expect(connection.sendRawTransaction(raw)).rejects.toThrow('already been processed');
    const again = await connection.sendRawTransaction(raw, { skipPreflight: true });
    expect(again).toBe(first);
    expect(await connection.getBalance(bob.publicKey, 'processed')).toBe(before + 11);
  });

  it('charges a failed transaction and keeps it in the history', async () => {
    const before = await connection.getBalance(alice.publicKey, 'processed');
    const { raw, ...latest } = await sign(connection, alice, [
      transfer(alice, bob.publicKey, 500 * LAMPORTS_PER_SOL),
    ]);
    const signature = await connection.sendRawTransaction(raw, { skipPreflight: true });
    const err = { InstructionError: [0, { Custom: 1 }] };
    // web3.js rejects when its status poll sees the failure, and resolves when the WebSocket does.
    const outcome = await connection.confirmTransaction({ signature, ...latest }).then(
      ({ value }) => value.err,
      (error: unknown) => error,
    );
    expect(outcome).toMatchObject(err);
    await expect.poll(() => connection.getBalance(alice.publicKey)).toBe(before - 5000);
    const [newest] = await connection.getSignaturesForAddress(alice.publicKey, { limit: 1 });
    expect(newest).toMatchObject({ signature, err });
  });

  it('explains a failed preflight with logs', async () => {
    const { raw } = await sign(connection, alice, [
      transfer(alice, bob.publicKey, 400 * LAMPORTS_PER_SOL),
    ]);
    const error = await connection.sendRawTransaction(raw).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(SendTransactionError);
    expect(String(error)).toContain('Error processing Instruction 0: custom program error: 0x1');
    expect((error as SendTransactionError).logs?.join()).toContain('insufficient lamports');
  });

  it('simulates without changing anything', async () => {
    const before = await connection.getBalance(alice.publicKey, 'processed');
    const latest = await connection.getLatestBlockhash();
    const message = new TransactionMessage({
      payerKey: alice.publicKey,
      recentBlockhash: latest.blockhash,
      instructions: [transfer(alice, bob.publicKey, 13)],
    }).compileToV0Message();
    const { value } = await connection.simulateTransaction(new VersionedTransaction(message), {
      replaceRecentBlockhash: true,
      accounts: { encoding: 'base64', addresses: [alice.publicKey.toBase58()] },
    });
    expect(value.err).toBeNull();
    expect(value.unitsConsumed).toBe(150);
    expect(value.accounts?.[0]?.lamports).toBe(before - 13 - 5000);
    expect(await connection.getBalance(alice.publicKey, 'processed')).toBe(before);
  });

  it('runs v0 transactions with lookup tables and charges the priority fee it quotes', async () => {
    const [create, table] = AddressLookupTableProgram.createLookupTable({
      authority: alice.publicKey,
      payer: alice.publicKey,
      recentSlot: await connection.getSlot('finalized'),
    });
    const extend = AddressLookupTableProgram.extendLookupTable({
      payer: alice.publicKey,
      authority: alice.publicKey,
      lookupTable: table,
      addresses: [bob.publicKey],
    });
    await sendAndConfirmTransaction(connection, new Transaction().add(create, extend), [alice]);
    const found = (await connection.getAddressLookupTable(table)).value;
    expect(found?.state.addresses.map(String)).toEqual([bob.publicKey.toBase58()]);
    const latest = await connection.getLatestBlockhash();
    const message = new TransactionMessage({
      payerKey: alice.publicKey,
      recentBlockhash: latest.blockhash,
      instructions: [
        ComputeBudgetProgram.setComputeUnitPrice({ microLamports: 1_000_000 }),
        transfer(alice, bob.publicKey, 17),
      ],
    }).compileToV0Message(found ? [found] : []);
    const quoted = (await connection.getFeeForMessage(message)).value;
    const transaction = new VersionedTransaction(message);
    transaction.sign([alice]);
    const signature = await connection.sendTransaction(transaction);
    await connection.confirmTransaction({ signature, ...latest });
    const record = await connection.getTransaction(signature, {
      maxSupportedTransactionVersion: 0,
    });
    expect(record?.meta?.loadedAddresses?.writable.map(String)).toEqual([bob.publicKey.toBase58()]);
    expect(record?.meta?.fee).toBe(quoted);
    expect(quoted).toBe(5000 + 6000);
    await expect(connection.getTransaction(signature, {})).rejects.toThrow(
      'maxSupportedTransactionVersion',
    );
  });

  it('finds program accounts by filter', async () => {
    const { programId } = SystemProgram;
    const fromPubkey = alice.publicKey;
    const newAccountPubkey = await PublicKey.createWithSeed(fromPubkey, 'filter', programId);
    const lamports = await connection.getMinimumBalanceForRentExemption(77);
    const { raw, ...latest } = await sign(connection, alice, [
      SystemProgram.createAccountWithSeed({
        fromPubkey,
        basePubkey: fromPubkey,
        newAccountPubkey,
        seed: 'filter',
        lamports,
        space: 77,
        programId,
      }),
    ]);
    const signature = await connection.sendRawTransaction(raw);
    await connection.confirmTransaction({ signature, ...latest });
    const found = await connection.getProgramAccounts(SystemProgram.programId, {
      filters: [{ dataSize: 77 }],
    });
    expect(found.map(({ pubkey }) => pubkey.toBase58())).toEqual([newAccountPubkey.toBase58()]);
  });

  it('refuses an expired blockhash', async () => {
    const { raw, blockhash } = await sign(connection, alice, [transfer(alice, bob.publicKey, 7)]);
    localnet.advanceSlots(152);
    const valid = await connection.isBlockhashValid(blockhash, { commitment: 'confirmed' });
    expect(valid.value).toBe(false);
    await expect(connection.sendRawTransaction(raw)).rejects.toThrow('Blockhash not found');
  });
});
