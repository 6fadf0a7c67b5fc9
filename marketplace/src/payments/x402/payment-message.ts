import { createHash } from 'node:crypto';
import { TOKEN_PROGRAM_ID } from '@solana/spl-token';
import { ComputeBudgetProgram, VersionedTransaction } from '@solana/web3.js';
import { memoProgram } from '../solana/transaction-builder.ts';

/** Wallets add instructions of this program that check balances after the transfer. */
const lighthouseProgram = 'L2TExMFKdjpN9kozasaurPirfHy9P8sbXoAN1qA3S95';
const tokenProgram = TOKEN_PROGRAM_ID.toBase58();
const budgetProgram = ComputeBudgetProgram.programId.toBase58();

export interface TokenTransfer {
  from: string;
  mint: string;
  to: string;
  authority: string;
  amount: bigint;
}

/** What a payment does, read from its bytes. */
export interface PaymentMessage {
  transaction: VersionedTransaction;
  /** SHA-256 of the message, hex. */
  messageHash: string;
  feePayer: string;
  signers: string[];
  transfers: TokenTransfer[];
  memos: string[];
  /** null where the payer left it to the network's default. */
  computeUnits: number | null;
  unitPriceMicroLamports: bigint;
  /** Accounts that any instruction names. */
  instructionAccounts: Set<string>;
  /** Programs that have no business in a payment, and instructions that can't be read. */
  foreign: string[];
}

/** One packet as base64. */
const base64Max = 1_644;

/**
 * Reads a serialized transaction. null when it is damaged, too long, or names accounts through
 * lookup tables, which only the chain could resolve.
 */
export function readPaymentMessage(base64: string): PaymentMessage | null {
  if (base64.length > base64Max) return null;
  try {
    const transaction = VersionedTransaction.deserialize(Buffer.from(base64, 'base64'));
    const { message } = transaction;
    if (message.addressTableLookups.length > 0) return null;
    const keys = message.staticAccountKeys.map((key) => key.toBase58());
    const read: PaymentMessage = {
      transaction,
      messageHash: createHash('sha256').update(message.serialize()).digest('hex'),
      feePayer: keys[0] ?? '',
      signers: keys.slice(0, message.header.numRequiredSignatures),
      transfers: [],
      memos: [],
      computeUnits: null,
      unitPriceMicroLamports: 0n,
      instructionAccounts: new Set(),
      foreign: [],
    };
    for (const instruction of message.compiledInstructions) {
      const program = keys[instruction.programIdIndex] ?? '';
      const accounts = instruction.accountKeyIndexes.map((index) => keys[index] ?? '');
      for (const account of accounts) read.instructionAccounts.add(account);
      addInstruction(read, program, accounts, Buffer.from(instruction.data));
    }
    return read;
  } catch {
    return null;
  }
}

function addInstruction(
  read: PaymentMessage,
  program: string,
  accounts: readonly string[],
  data: Buffer,
): void {
  if (program === tokenProgram && data[0] === 12 && data.length === 10 && accounts.length === 4) {
    const [from = '', mint = '', to = '', authority = ''] = accounts;
    read.transfers.push({ from, mint, to, authority, amount: data.readBigUInt64LE(1) });
  } else if (program === budgetProgram && data[0] === 2 && data.length === 5) {
    read.computeUnits = data.readUInt32LE(1);
  } else if (program === budgetProgram && data[0] === 3 && data.length === 9) {
    read.unitPriceMicroLamports = data.readBigUInt64LE(1);
  } else if (program === memoProgram) {
    read.memos.push(data.toString('utf8'));
  } else if (program !== lighthouseProgram) {
    read.foreign.push(program);
  }
}

/** The wallet that pays; null when the message is not one plain transfer. */
export function payerOf({ transfers }: PaymentMessage): string | null {
  const [transfer, ...others] = transfers;
  return transfer === undefined || others.length > 0 ? null : transfer.authority;
}
