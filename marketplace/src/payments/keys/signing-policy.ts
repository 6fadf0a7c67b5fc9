import type { Asset, BaseUnits } from '@node3/shared/money';
import { assetDecimals } from '@node3/shared/money';
import { type Instruction, type ReadMessage, readMessage } from '../solana/message-reader.ts';
import { receiptAddress, receiptBytes } from '../solana/receipt.ts';
import { type Payment, usdcAccountOf } from '../solana/transaction-builder.ts';

/** What one signature may do. Whatever the message holds beyond it is refused. */
export interface SigningApproval {
  payments: readonly Payment[];
  /** The receipt that may be created, with what it holds. Without payments it is a tombstone. */
  receipt: { seed: string; lamports: bigint } | null;
  /** Receipts whose rent may come back. */
  receiptsReturned: readonly { seed: string; lamports: bigint }[];
  /** Wallets for which a USDC account may be created. */
  tokenAccountsFor: readonly string[];
}

/** What no approval can change. */
export interface MessageRules {
  usdcMint: string;
  caps: Record<Asset, { payout: BaseUnits }>;
  /** The most a transaction may offer for priority: units × price, lamports. */
  priorityFeeLamportsMax: bigint;
}

/** The message does something that nobody approved. */
export class SigningRefused extends Error {
  override readonly name: string = 'SigningRefused';
}

/** Approved, but too much at once or in this time. Planning again finds what may go. */
export class PayoutCapReached extends SigningRefused {
  override readonly name = 'PayoutCapReached';
  constructor(asset: Asset, cap: 'payout' | 'hour or day') {
    super(`Signing refused: above what the cap of a ${cap} allows in ${asset}.`);
  }
}

const memoBytesMax = 256;
/** Where the cluster's own limit lies; the fee check needs some bound. */
const computeUnitsMax = 1_400_000;
const systemProgram = '11111111111111111111111111111111';

/** Reads the bytes again instead of trusting who built them. @returns them. Throws SigningRefused. */
export function assertAllowed(
  treasury: string,
  message: Uint8Array,
  approval: SigningApproval,
  rules: MessageRules,
): ReadMessage {
  const read = readStrictly(message);
  const { accountKeys, signatures, instructions } = read;
  if (signatures !== 1 || accountKeys[0] !== treasury) refuse('the treasury must sign alone');
  const open = [...approval.payments];
  const returns = [...approval.receiptsReturned];
  const accounts = [...approval.tokenAccountsFor];
  let receipts = 0;
  for (const instruction of instructions) {
    if (instruction.kind === 'receipt') {
      receipts += 1;
      if (receipts > 1) refuse('one receipt per transaction');
    }
    assertInstruction({ treasury, instruction, approval, rules, open, returns, accounts });
  }
  assertFenced(read, approval, open);
  assertPriorityFee(instructions, rules);
  return read;
}

/** Bytes that mean the same to every reader: what was read gives exactly them again. */
function readStrictly(message: Uint8Array): ReadMessage {
  try {
    return readMessage(message);
  } catch {
    return refuse('the message is damaged');
  }
}

/**
 * Payments happen only behind their own receipt, all of them or none: without it they could happen
 * twice, and behind a tombstone they would look as if they never had.
 */
function assertFenced(read: ReadMessage, approval: SigningApproval, open: Payment[]): void {
  const { receiptSpace, payments } = movedBy(read);
  if (payments > 0 && receiptSpace !== BigInt(receiptBytes.pay)) {
    refuse('payments need their receipt');
  }
  if (receiptSpace === BigInt(receiptBytes.pay) && (open.length > 0 || payments === 0)) {
    refuse('a receipt needs all of its payments');
  }
  if (receiptSpace === BigInt(receiptBytes.void) && approval.payments.length > 0) {
    refuse('a tombstone was not approved');
  }
}

/** What leaves by a message, whoever approved it. */
export function movedBy({ instructions }: ReadMessage): {
  amounts: Record<Asset, bigint>;
  payments: number;
  receiptSeed: string | null;
  receiptSpace: bigint | null;
} {
  const amounts = { SOL: 0n, USDC: 0n };
  let payments = 0;
  let receipt: Extract<Instruction, { kind: 'receipt' }> | null = null;
  for (const instruction of instructions) {
    if (instruction.kind === 'sol-transfer') amounts.SOL += instruction.amount;
    if (instruction.kind === 'token-transfer') amounts.USDC += instruction.amount;
    if (instruction.kind === 'sol-transfer' || instruction.kind === 'token-transfer') payments += 1;
    if (instruction.kind === 'receipt') receipt = instruction;
  }
  return {
    amounts,
    payments,
    receiptSeed: receipt?.seed ?? null,
    receiptSpace: receipt?.space ?? null,
  };
}

interface Check {
  treasury: string;
  instruction: Instruction;
  approval: SigningApproval;
  rules: MessageRules;
  /** Approved payments that no instruction has used yet. */
  open: Payment[];
  returns: { seed: string; lamports: bigint }[];
  /** Wallets whose token account was not created yet. */
  accounts: string[];
}

function assertInstruction(check: Check): void {
  const { treasury, instruction, approval, rules } = check;
  switch (instruction.kind) {
    case 'sol-transfer':
      if (instruction.from !== treasury) refuse('SOL must leave the treasury itself');
      if (instruction.to === treasury) refuse('the treasury does not pay itself');
      takePayment(check, 'SOL', instruction.amount, (wallet) => wallet === instruction.to);
      return;
    case 'token-transfer':
      assertTokenTransfer(check, instruction);
      return;
    case 'token-account': {
      const { wallet, mint, account, payer } = instruction;
      const expected = mint === rules.usdcMint && account === usdcAccountOf(mint, wallet);
      const index = check.accounts.indexOf(wallet);
      // Its rent is a gift to the owner, so only who is paid here gets one.
      const isPaid = approval.payments.some((payment) => payment.wallet === wallet);
      const deserved = isPaid || wallet === treasury;
      if (payer !== treasury || !expected || !deserved || index < 0) {
        refuse('nobody approved this token account');
      }
      check.accounts.splice(index, 1);
      return;
    }
    case 'receipt':
      assertReceipt(treasury, instruction, approval);
      return;
    case 'receipt-return':
      takeReturn(check, instruction);
      return;
    case 'memo':
      if (instruction.bytes > memoBytesMax) refuse('the memo is too long');
      return;
    case 'unit-limit':
    case 'unit-price':
      return;
    case 'unknown':
      refuse(`program ${instruction.program} or its instruction is not allowed`);
  }
}

function assertTokenTransfer(
  check: Check,
  instruction: Extract<Instruction, { kind: 'token-transfer' }>,
): void {
  const { treasury, rules } = check;
  const { usdcMint } = rules;
  const own = usdcAccountOf(usdcMint, treasury);
  if (instruction.mint !== usdcMint) refuse('the mint is not the allowed one');
  if (instruction.decimals !== assetDecimals.USDC) refuse('USDC has 6 decimals');
  if (instruction.owner !== treasury || instruction.from !== own) {
    refuse('USDC must leave the treasury itself');
  }
  if (instruction.to === own) refuse('the treasury does not pay itself');
  takePayment(
    check,
    'USDC',
    instruction.amount,
    (wallet) => instruction.to === usdcAccountOf(usdcMint, wallet),
  );
}

function takePayment(
  { open, rules }: Check,
  asset: Asset,
  amount: bigint,
  isFor: (wallet: string) => boolean,
): void {
  const index = open.findIndex(
    (payment) => payment.asset === asset && payment.amount === amount && isFor(payment.wallet),
  );
  if (index < 0) refuse('nobody approved this payment');
  if (amount > rules.caps[asset].payout) throw new PayoutCapReached(asset, 'payout');
  open.splice(index, 1);
}

function assertReceipt(
  treasury: string,
  instruction: Extract<Instruction, { kind: 'receipt' }>,
  { receipt }: SigningApproval,
): void {
  if (receipt === null) refuse('nobody approved a receipt');
  const { from, base, account, lamports, space, owner, seed } = instruction;
  const ours = from === treasury && base === treasury && owner === systemProgram;
  const expected =
    seed === receipt.seed && account === receiptAddress(treasury, receipt.seed) && space <= 1n;
  if (!ours || !expected || lamports !== receipt.lamports) refuse('the receipt is not as approved');
}

function takeReturn(
  { returns, treasury }: Check,
  instruction: Extract<Instruction, { kind: 'receipt-return' }>,
): void {
  const { account, base, to, amount, owner } = instruction;
  const index = returns.findIndex(
    ({ seed, lamports }) =>
      lamports === amount &&
      seed === instruction.seed &&
      account === receiptAddress(treasury, seed),
  );
  const ours = base === treasury && to === treasury && owner === systemProgram;
  if (index < 0 || !ours) refuse('the return is not as approved');
  returns.splice(index, 1);
}

function assertPriorityFee(instructions: readonly Instruction[], rules: MessageRules): void {
  let units = computeUnitsMax;
  let price = 0n;
  for (const instruction of instructions) {
    if (instruction.kind === 'unit-limit') units = instruction.units;
    if (instruction.kind === 'unit-price') price = instruction.microLamports;
  }
  const lamports = (BigInt(units) * price) / 1_000_000n;
  if (lamports > rules.priorityFeeLamportsMax) refuse('the priority fee is above the cap');
}

function refuse(why: string): never {
  throw new SigningRefused(`Signing refused: ${why}.`);
}
