import { type Asset, baseUnits } from '@node3/shared/money';
import { verifySignature } from '@node3/shared/wallet-key';
import { SystemProgram } from '@solana/web3.js';
import type { LandedPayment, PaymentReading, PaymentRequest } from '../payment-rail.ts';
import { agreeOnTransaction, furthestProgress } from './agreement.ts';
import { readAccountsEach, readFinalHistoryEach, readStatusesEach } from './chain-reads.ts';
import { readTransactionBytesEach, readTransactionEach } from './chain-transaction.ts';
import { type Instruction, readMessage } from './message-reader.ts';
import { receiptAddress, receiptBytes } from './receipt.ts';
import { quorumOf, type RpcPool } from './rpc.ts';
import { messageOf, usdcAccountOf } from './transaction-builder.ts';

interface Deps {
  rpc: RpcPool;
  treasury: string;
  usdcMint: string;
}

/** What the signed bytes say. */
type SignedPayment = Pick<
  LandedPayment,
  'raw' | 'batchId' | 'attempt' | 'asset' | 'receiptSeed' | 'receiptAddress' | 'receiptRent'
> & { transfers: { to: string; amount: bigint }[] };

/**
 * Whom a final transaction paid is told by its own bytes, which only the treasury's key can have
 * signed; the endpoints are believed, by quorum, that it landed and what it cost.
 */
export async function readPayment(deps: Deps, request: PaymentRequest): Promise<PaymentReading> {
  const { rpc, treasury, usdcMint } = deps;
  const { signature, wallets } = request;
  const [answers, copies] = await Promise.all([
    readTransactionEach(rpc, signature, 'finalized'),
    readTransactionBytesEach(rpc, signature),
  ]);
  const found = agreeOnTransaction(answers, quorumOf(rpc));
  if (found === null || copies.length === 0) return pending(await whyPending(rpc, signature));
  const raw = copies.find((copy) => isSignedBy(copy, treasury, signature));
  if (raw === undefined) return foreign('the treasury is not the one who signed it');
  const signed = paymentOf(deps, raw);
  if (typeof signed === 'string') return foreign(signed);
  if (found.err !== null) {
    return { problem: 'failed', detail: 'The transaction failed on chain and paid nobody.' };
  }
  const lamports = found.lamports.get(treasury);
  if (lamports === undefined) throw new Error('a transaction of ours names the treasury');
  const isReceiptGone = await isGone(rpc, signed.receiptAddress, signature);
  if (isReceiptGone === null) return pending('The network does not tell yet where its receipt is.');
  const destinations = new Map(
    wallets.map((w) => [signed.asset === 'SOL' ? w : usdcAccountOf(usdcMint, w), w]),
  );
  const payment: LandedPayment = {
    ...signed,
    isReceiptGone,
    transfers: signed.transfers.map(({ to, amount }) => ({
      wallet: destinations.get(to) ?? null,
      amount: baseUnits(amount),
    })),
    fate: {
      outcome: 'landed',
      feeLamports: baseUnits(found.feeLamports),
      treasurySpentLamports: lamports.before - lamports.after,
      failure: null,
    },
    landedAtMs: found.blockTimeSec === null ? null : found.blockTimeSec * 1_000,
  };
  return { payment };
}

function pending(detail: string): PaymentReading {
  return { problem: 'pending', detail };
}

function foreign(why: string): PaymentReading {
  return { problem: 'foreign', detail: `This is no payment of a payout: ${why}.` };
}

async function whyPending(rpc: RpcPool, signature: string): Promise<string> {
  const progress = furthestProgress([signature], await readStatusesEach(rpc, [signature]));
  const { commitment } = progress.get(signature) ?? {};
  if (commitment === undefined) return 'No endpoint knows a transaction with this signature.';
  return `The transaction is ${commitment}; enough endpoints have to show it as final.`;
}

/** The treasury's as its only signature, by its own arithmetic and nobody's word. */
function isSignedBy(raw: Uint8Array, treasury: string, signature: string): boolean {
  return raw[0] === 1 && verifySignature(treasury, messageOf(raw), signature);
}

const memoPattern = /^(bat_[0-9A-Za-z_-]{1,40})\/([1-9][0-9]{0,5})$/;

/** @returns why it is no payment of a batch, in words. */
function paymentOf({ treasury, usdcMint }: Deps, raw: Uint8Array): SignedPayment | string {
  const instructions = readInstructions(raw);
  if (instructions === null) return 'it is not written as the marketplace writes its own';
  const receipt = instructions.find((instruction) => instruction.kind === 'receipt');
  if (
    receipt === undefined ||
    receipt.space !== BigInt(receiptBytes.pay) ||
    receipt.owner !== SystemProgram.programId.toBase58() ||
    receipt.base !== treasury ||
    receipt.account !== receiptAddress(treasury, receipt.seed)
  ) {
    return 'it makes no receipt';
  }
  const memo = instructions.find((instruction) => instruction.kind === 'memo');
  const [, batchId, attempt] = memoPattern.exec(memo?.text ?? '') ?? [];
  if (batchId === undefined || attempt === undefined) return 'its memo names no batch';
  const ownUsdc = usdcAccountOf(usdcMint, treasury);
  const assets = new Set<Asset>();
  const transfers: SignedPayment['transfers'] = [];
  for (const instruction of instructions) {
    if (instruction.kind === 'unknown') return `it calls the program ${instruction.program}`;
    if (instruction.kind === 'sol-transfer' && instruction.from === treasury) {
      assets.add('SOL');
      transfers.push(instruction);
    }
    if (instruction.kind === 'token-transfer') {
      const { mint, from } = instruction;
      if (mint !== usdcMint) return `it moves the token ${mint}, and USDC is ${usdcMint}`;
      if (from !== ownUsdc) return 'it moves USDC of somebody else';
      assets.add('USDC');
      transfers.push(instruction);
    }
  }
  const [asset] = assets;
  if (asset === undefined || assets.size > 1) return 'it does not pay in one asset';
  return {
    raw,
    batchId,
    attempt: Number(attempt),
    asset,
    receiptSeed: receipt.seed,
    receiptAddress: receipt.account,
    receiptRent: baseUnits(receipt.lamports),
    transfers,
  };
}

function readInstructions(raw: Uint8Array): Instruction[] | null {
  try {
    return readMessage(messageOf(raw)).instructions;
  } catch {
    return null;
  }
}

/**
 * Whether the rent of a receipt went back already. An endpoint that shows no account may lag; one
 * that also shows a later transaction of the receipt does not. Null while that is not known.
 */
async function isGone(rpc: RpcPool, address: string, signature: string): Promise<boolean | null> {
  const accounts = await readAccountsEach(rpc, [address], 'finalized');
  if (accounts.some(([account = null]) => account !== null)) return false;
  const histories = await readFinalHistoryEach(rpc, address);
  const isEmptied = histories.some((history) => history.indexOf(signature) > 0);
  return isEmptied ? true : null;
}
