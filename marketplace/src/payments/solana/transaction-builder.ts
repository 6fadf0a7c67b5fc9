import type { Asset, BaseUnits } from '@node3/shared/money';
import { assetDecimals } from '@node3/shared/money';
import {
  createAssociatedTokenAccountIdempotentInstruction,
  createTransferCheckedInstruction,
  getAssociatedTokenAddressSync,
} from '@solana/spl-token';
import {
  ComputeBudgetProgram,
  PublicKey,
  SystemProgram,
  Transaction,
  TransactionInstruction,
} from '@solana/web3.js';
import { receiptAddress, receiptBytes } from './receipt.ts';

export const memoProgram = 'MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr';

/** One IPv6 packet less its headers. */
export const transactionBytesMax = 1232;

export interface ComputeBudget {
  unitsMax: number;
  /** Micro-lamports per unit. */
  unitPrice: bigint;
}

export interface Payment {
  wallet: string;
  asset: Asset;
  amount: BaseUnits;
}

export interface PayInstructions {
  treasury: string;
  usdcMint: string;
  receiptSeed: string;
  receiptRent: bigint;
  payments: readonly Payment[];
  /** Wallets whose USDC account has to be created first. */
  accountsToCreate: ReadonlySet<string>;
  memo: string;
  budget: ComputeBudget;
}

/** Addresses derived so far; finding one costs a third of a millisecond, planning asks for hundreds. */
const usdcAccounts = new Map<string, string>();
const usdcAccountsMax = 20_000;

/** The USDC account that belongs to a wallet. */
export function usdcAccountOf(usdcMint: string, wallet: string): string {
  const key = `${usdcMint} ${wallet}`;
  const known = usdcAccounts.get(key);
  if (known !== undefined) return known;
  const mint = new PublicKey(usdcMint);
  const account = getAssociatedTokenAddressSync(mint, new PublicKey(wallet), true).toBase58();
  if (usdcAccounts.size >= usdcAccountsMax) usdcAccounts.clear();
  usdcAccounts.set(key, account);
  return account;
}

/** Receipt first: when it fails, nothing after it happens. */
export function payInstructions(plan: PayInstructions): TransactionInstruction[] {
  const created = new Set<string>();
  const transfers = plan.payments.flatMap((payment) => {
    if (payment.asset === 'SOL') return [solTransfer(plan.treasury, payment)];
    const transfer = usdcTransfer(plan, payment);
    if (!plan.accountsToCreate.has(payment.wallet) || created.has(payment.wallet)) {
      return [transfer];
    }
    created.add(payment.wallet);
    return [createUsdcAccount(plan.treasury, plan.usdcMint, payment.wallet), transfer];
  });
  return [
    ...budgetInstructions(plan.budget),
    createReceipt(plan, receiptBytes.pay),
    ...transfers,
    memo(plan.memo),
  ];
}

export interface VoidInstructions {
  treasury: string;
  receiptSeed: string;
  receiptRent: bigint;
  memo: string;
  budget: ComputeBudget;
}

/** The tombstone: takes the receipt's place, so that no attempt of the batch can succeed any more. */
export function voidInstructions(plan: VoidInstructions): TransactionInstruction[] {
  return [
    ...budgetInstructions(plan.budget),
    createReceipt(plan, receiptBytes.void),
    memo(plan.memo),
  ];
}

export interface ReclaimInstructions {
  treasury: string;
  receipts: readonly { receiptSeed: string; receiptRent: bigint }[];
  budget: ComputeBudget;
}

export function reclaimInstructions(plan: ReclaimInstructions): TransactionInstruction[] {
  const treasury = new PublicKey(plan.treasury);
  const transfers = plan.receipts.map(({ receiptSeed, receiptRent }) =>
    SystemProgram.transfer({
      fromPubkey: new PublicKey(receiptAddress(plan.treasury, receiptSeed)),
      basePubkey: treasury,
      toPubkey: treasury,
      lamports: receiptRent,
      seed: receiptSeed,
      programId: SystemProgram.programId,
    }),
  );
  return [...budgetInstructions(plan.budget), ...transfers];
}

export interface DepositInstructions extends Payment {
  treasury: string;
  usdcMint: string;
  /** A one-time address that the transfer names without using it, as Solana Pay has it. */
  reference: string;
  memo: string;
}

/** More than a memo and a transfer take that opens the treasury's account first. */
const depositBudget: ComputeBudget = { unitsMax: 150_000, unitPrice: 1_000n };

/** A transfer to the treasury that its wallet pays: the memo stands before it, as Solana Pay has it. */
export function depositInstructions(plan: DepositInstructions): TransactionInstruction[] {
  const { wallet, treasury, usdcMint } = plan;
  const payment = { ...plan, wallet: treasury };
  const opening = plan.asset === 'SOL' ? [] : [createUsdcAccount(wallet, usdcMint, treasury)];
  const transfer =
    plan.asset === 'SOL'
      ? solTransfer(wallet, payment)
      : usdcTransfer({ treasury: wallet, usdcMint }, payment);
  transfer.keys.push({
    pubkey: new PublicKey(plan.reference),
    isSigner: false,
    isWritable: false,
  });
  return [...budgetInstructions(depositBudget), ...opening, memo(plan.memo), transfer];
}

/** The bytes that get signed: a legacy message, which every cluster and every tool reads. */
export function compileMessage(
  treasury: string,
  blockhash: string,
  instructions: readonly TransactionInstruction[],
): Uint8Array {
  const transaction = new Transaction().add(...instructions);
  transaction.feePayer = new PublicKey(treasury);
  transaction.recentBlockhash = blockhash;
  return transaction.compileMessage().serialize();
}

/** A transaction with the treasury's signature as its only one. */
export function encodeTransaction(signature: Uint8Array, message: Uint8Array): Uint8Array {
  return Buffer.concat([Uint8Array.of(1), signature, message]);
}

/** The message inside a transaction made by `encodeTransaction`. */
export function messageOf(raw: Uint8Array): Uint8Array {
  return raw.subarray(1 + 64);
}

/** The signature of a transaction made by `encodeTransaction`. */
export function signatureOf(raw: Uint8Array): Uint8Array {
  return raw.subarray(1, 1 + 64);
}

/**
 * How long the transaction will be on the wire, bytes. Counted instead of serialized: planning asks
 * for it once per payout, and serializing sorts all keys by their text.
 */
export function transactionBytes(treasury: string, instructions: TransactionInstruction[]): number {
  const keys = new Set([treasury]);
  let bytes = 0;
  for (const { programId, keys: accounts, data } of instructions) {
    keys.add(programId.toBase58());
    for (const { pubkey } of accounts) keys.add(pubkey.toBase58());
    const lengths = compactBytes(accounts.length) + compactBytes(data.length);
    bytes += 1 + lengths + accounts.length + data.length;
  }
  const signature = 1 + 64;
  const header = 3;
  const blockhash = 32;
  const counts = compactBytes(keys.size) + compactBytes(instructions.length);
  return signature + header + counts + keys.size * 32 + blockhash + bytes;
}

/** Solana writes lengths seven bits a byte. */
function compactBytes(length: number): number {
  return length < 0x80 ? 1 : 2;
}

export function createUsdcAccount(
  treasury: string,
  usdcMint: string,
  wallet: string,
): TransactionInstruction {
  return createAssociatedTokenAccountIdempotentInstruction(
    new PublicKey(treasury),
    new PublicKey(usdcAccountOf(usdcMint, wallet)),
    new PublicKey(wallet),
    new PublicKey(usdcMint),
  );
}

export function budgetInstructions(budget: ComputeBudget): TransactionInstruction[] {
  return [
    ComputeBudgetProgram.setComputeUnitLimit({ units: budget.unitsMax }),
    ComputeBudgetProgram.setComputeUnitPrice({ microLamports: budget.unitPrice }),
  ];
}

export function memo(text: string): TransactionInstruction {
  return new TransactionInstruction({
    programId: new PublicKey(memoProgram),
    keys: [],
    data: Buffer.from(text, 'utf8'),
  });
}

function createReceipt(
  plan: { treasury: string; receiptSeed: string; receiptRent: bigint },
  space: number,
): TransactionInstruction {
  const treasury = new PublicKey(plan.treasury);
  return SystemProgram.createAccountWithSeed({
    fromPubkey: treasury,
    basePubkey: treasury,
    newAccountPubkey: new PublicKey(receiptAddress(plan.treasury, plan.receiptSeed)),
    seed: plan.receiptSeed,
    lamports: Number(plan.receiptRent),
    space,
    programId: SystemProgram.programId,
  });
}

function solTransfer(treasury: string, payment: Payment): TransactionInstruction {
  return SystemProgram.transfer({
    fromPubkey: new PublicKey(treasury),
    toPubkey: new PublicKey(payment.wallet),
    lamports: payment.amount,
  });
}

function usdcTransfer(
  plan: { treasury: string; usdcMint: string },
  payment: Payment,
): TransactionInstruction {
  return createTransferCheckedInstruction(
    new PublicKey(usdcAccountOf(plan.usdcMint, plan.treasury)),
    new PublicKey(plan.usdcMint),
    new PublicKey(usdcAccountOf(plan.usdcMint, payment.wallet)),
    new PublicKey(plan.treasury),
    payment.amount,
    assetDecimals.USDC,
  );
}
