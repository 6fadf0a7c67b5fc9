import { ASSOCIATED_TOKEN_PROGRAM_ID, TOKEN_PROGRAM_ID } from '@solana/spl-token';
import { ComputeBudgetProgram, Message, SystemProgram } from '@solana/web3.js';
import bs58 from 'bs58';
import { memoProgram } from './transaction-builder.ts';

/** What an instruction of our own transactions does, read back from the bytes. */
export type Instruction =
  | { kind: 'sol-transfer'; from: string; to: string; amount: bigint }
  | {
      kind: 'receipt';
      from: string;
      account: string;
      base: string;
      lamports: bigint;
      space: bigint;
      owner: string;
      seed: string;
    }
  | {
      kind: 'receipt-return';
      account: string;
      base: string;
      to: string;
      amount: bigint;
      seed: string;
      owner: string;
    }
  | { kind: 'token-account'; payer: string; account: string; wallet: string; mint: string }
  | {
      kind: 'token-transfer';
      from: string;
      mint: string;
      to: string;
      owner: string;
      amount: bigint;
      decimals: number;
    }
  | { kind: 'unit-limit'; units: number }
  | { kind: 'unit-price'; microLamports: bigint }
  | { kind: 'memo'; bytes: number; text: string }
  | { kind: 'unknown'; program: string };

export interface ReadMessage {
  accountKeys: string[];
  signatures: number;
  instructions: Instruction[];
}

/**
 * Reads a legacy message independently of the code that built it. Throws on damaged bytes, and on
 * such as other readers could understand in another way.
 */
export function readMessage(bytes: Uint8Array): ReadMessage {
  const message = Message.from(bytes);
  if (!message.serialize().equals(bytes)) throw new Error('the message is not in its one form');
  if (!message.isAccountWritable(0)) throw new Error('nobody can pay the fee of the message');
  const accountKeys = message.accountKeys.map((key) => key.toBase58());
  const instructions = message.instructions.map((instruction) => {
    const program = accountKeys[instruction.programIdIndex] ?? '';
    const accounts = instruction.accounts.map((index) => accountKeys[index] ?? '');
    return readInstruction(program, accounts, Buffer.from(bs58.decode(instruction.data)));
  });
  return { accountKeys, signatures: message.header.numRequiredSignatures, instructions };
}

const systemProgram = SystemProgram.programId.toBase58();
const tokenProgram = TOKEN_PROGRAM_ID.toBase58();
const tokenAccountProgram = ASSOCIATED_TOKEN_PROGRAM_ID.toBase58();
const budgetProgram = ComputeBudgetProgram.programId.toBase58();

function readInstruction(program: string, accounts: string[], data: Buffer): Instruction {
  const unknown: Instruction = { kind: 'unknown', program };
  const [a = '', b = '', c = '', d = ''] = accounts;
  if (program === systemProgram) return readSystemInstruction(accounts, data) ?? unknown;
  if (program === tokenProgram) {
    if (data[0] !== 12 || data.length !== 10 || accounts.length !== 4) return unknown;
    return {
      kind: 'token-transfer',
      from: a,
      mint: b,
      to: c,
      owner: d,
      amount: data.readBigUInt64LE(1),
      decimals: data[9] ?? 0,
    };
  }
  if (program === tokenAccountProgram) {
    const programs = accounts[4] === systemProgram && accounts[5] === tokenProgram;
    const shaped = data.length === 1 && data[0] === 1 && accounts.length === 6;
    if (!shaped || !programs) return unknown;
    return { kind: 'token-account', payer: a, account: b, wallet: c, mint: d };
  }
  if (program === budgetProgram && accounts.length === 0) {
    if (data[0] === 2 && data.length === 5) {
      return { kind: 'unit-limit', units: data.readUInt32LE(1) };
    }
    if (data[0] === 3 && data.length === 9) {
      return { kind: 'unit-price', microLamports: data.readBigUInt64LE(1) };
    }
    return unknown;
  }
  return program === memoProgram && accounts.length === 0
    ? { kind: 'memo', bytes: data.length, text: data.toString('utf8') }
    : unknown;
}

function readSystemInstruction(accounts: string[], data: Buffer): Instruction | null {
  const [a = '', b = '', c = ''] = accounts;
  const code = data.length < 4 ? -1 : data.readUInt32LE(0);
  if (code === 2 && data.length === 12 && accounts.length === 2) {
    return { kind: 'sol-transfer', from: a, to: b, amount: data.readBigUInt64LE(4) };
  }
  if (code === 3 && data.length >= 44) {
    const seedEnd = 44 + Number(data.readBigUInt64LE(36));
    if (data.length !== seedEnd + 8 + 8 + 32 || accounts.length !== 2) return null;
    return {
      kind: 'receipt',
      from: a,
      account: b,
      base: bs58.encode(data.subarray(4, 36)),
      lamports: data.readBigUInt64LE(seedEnd),
      space: data.readBigUInt64LE(seedEnd + 8),
      owner: bs58.encode(data.subarray(seedEnd + 16)),
      seed: data.toString('latin1', 44, seedEnd),
    };
  }
  if (code === 11 && data.length >= 20 && accounts.length === 3) {
    const seedEnd = 20 + Number(data.readBigUInt64LE(12));
    if (data.length !== seedEnd + 32) return null;
    return {
      kind: 'receipt-return',
      account: a,
      base: b,
      to: c,
      amount: data.readBigUInt64LE(4),
      seed: data.toString('latin1', 20, seedEnd),
      owner: bs58.encode(data.subarray(seedEnd)),
    };
  }
  return null;
}
