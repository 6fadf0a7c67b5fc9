import {
  type Connection,
  Keypair,
  NONCE_ACCOUNT_LENGTH,
  SystemProgram,
  Transaction,
  type TransactionInstruction,
} from '@solana/web3.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Localnet } from '../localnet.ts';
import { openLocalnet } from '../testing/open-localnet.ts';
import { connect, disconnect, transfer } from '../testing/web3-client.ts';

let localnet: Localnet;
let connection: Connection;
const alice = Keypair.generate();
const bob = Keypair.generate();
const nonce = Keypair.generate();

beforeAll(async () => {
  localnet = await openLocalnet();
  connection = connect(localnet, 'processed');
  localnet.airdrop(alice.publicKey.toBase58(), 10_000_000_000n);
  const create = SystemProgram.createNonceAccount({
    fromPubkey: alice.publicKey,
    noncePubkey: nonce.publicKey,
    authorizedPubkey: alice.publicKey,
    lamports: await connection.getMinimumBalanceForRentExemption(NONCE_ACCOUNT_LENGTH),
  });
  const latest = await connection.getLatestBlockhash();
  const transaction = new Transaction({ feePayer: alice.publicKey, ...latest }).add(create);
  transaction.sign(alice, nonce);
  await connection.sendRawTransaction(transaction.serialize());
});

afterAll(async () => {
  disconnect(connection);
  await localnet.stop();
});

const stored = async () => (await connection.getNonce(nonce.publicKey))?.nonce ?? '';

async function signWithNonce(instruction: TransactionInstruction): Promise<Buffer> {
  const transaction = new Transaction();
  transaction.feePayer = alice.publicKey;
  transaction.nonceInfo = {
    nonce: await stored(),
    nonceInstruction: SystemProgram.nonceAdvance({
      noncePubkey: nonce.publicKey,
      authorizedPubkey: alice.publicKey,
    }),
  };
  transaction.add(instruction).sign(alice);
  return transaction.serialize();
}

describe('durable nonces', () => {
  it('outlive the blockhash window, once', async () => {
    const raw = await signWithNonce(transfer(alice, bob.publicKey, 1_000_000));
    await expect(connection.sendRawTransaction(raw)).rejects.toThrow('Blockhash not found');
    localnet.advanceSlots(200);
    await connection.sendRawTransaction(raw);
    expect(await connection.getBalance(bob.publicKey)).toBe(1_000_000);
    localnet.advanceSlots(1);
    await expect(connection.sendRawTransaction(raw)).rejects.toThrow('Blockhash not found');
  });

  it('advance when the transaction fails, as on a validator', async () => {
    localnet.advanceSlots(1);
    const before = await stored();
    const raw = await signWithNonce(transfer(alice, bob.publicKey, 10 ** 15));
    await connection.sendRawTransaction(raw, { skipPreflight: true });
    expect(await stored()).not.toBe(before);
    const [newest] = await connection.getSignaturesForAddress(nonce.publicKey, {}, 'confirmed');
    localnet.advanceSlots(1);
    const [failed] = await connection.getSignaturesForAddress(nonce.publicKey, {}, 'confirmed');
    expect(failed?.err).toEqual({ InstructionError: [1, { Custom: 1 }] });
    expect(failed?.signature).not.toBe(newest?.signature);
    const again = await signWithNonce(transfer(alice, bob.publicKey, 1));
    await connection.sendRawTransaction(again);
  });
});
