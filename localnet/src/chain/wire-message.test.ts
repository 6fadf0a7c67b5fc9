import { Keypair, SystemProgram, Transaction } from '@solana/web3.js';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WireFormatError } from './byte-reader.ts';
import { isSigner, isWritable } from './transaction-accounts.ts';
import { parseTransaction } from './wire-transaction.ts';

const alice = Keypair.generate();
const bob = Keypair.generate();

function signedTransfer(): Uint8Array {
  const transaction = new Transaction({
    feePayer: alice.publicKey,
    blockhash: bob.publicKey.toBase58(),
    lastValidBlockHeight: 1,
  }).add(
    SystemProgram.transfer({ fromPubkey: alice.publicKey, toPubkey: bob.publicKey, lamports: 9 }),
  );
  transaction.sign(alice);
  return Uint8Array.from(transaction.serialize());
}

function readError(bytes: Uint8Array): unknown {
  try {
    return parseTransaction(bytes).message.version;
  } catch (error) {
    return error;
  }
}

describe('parseTransaction', () => {
  it('reads what web3.js wrote', () => {
    const { message } = parseTransaction(signedTransfer());
    expect(message.version).toBe('legacy');
    expect(message.staticKeys).toEqual(
      [alice.publicKey, bob.publicKey, SystemProgram.programId].map(String),
    );
    expect([0, 1, 2].map((index) => isSigner(message, index))).toEqual([true, false, false]);
    expect([0, 1, 2].map((index) => isWritable(message, index))).toEqual([true, true, false]);
  });

  it('refuses every truncation', () => {
    const bytes = signedTransfer();
    for (let length = 0; length < bytes.length; length += 1) {
      expect(readError(bytes.subarray(0, length))).toBeInstanceOf(WireFormatError);
    }
    expect(readError(Uint8Array.from([...bytes, 0]))).toBeInstanceOf(WireFormatError);
  });

  it('answers any bytes with a transaction or a WireFormatError', () => {
    const bytes = signedTransfer();
    const mutated = fc
      .tuple(fc.nat(bytes.length - 1), fc.nat(255))
      .map(([index, value]) => bytes.with(index, value));
    const v1 = fc.uint8Array({ maxLength: 300 }).map((tail) => Uint8Array.from([0x81, ...tail]));
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 1300 }), mutated, v1), (input) => {
        const outcome = readError(input);
        if (outcome instanceof Error) expect(outcome).toBeInstanceOf(WireFormatError);
      }),
    );
  });
});
