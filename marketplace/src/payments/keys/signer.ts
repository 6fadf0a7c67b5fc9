import type { Asset, BaseUnits } from '@node3/shared/money';
import type { WalletKey } from '@node3/shared/wallet-key';
import { type Instruction, readMessage } from '../solana/message-reader.ts';
import { receiptAddress } from '../solana/receipt.ts';
import { type Payment, usdcAccountOf } from '../solana/transaction-builder.ts';

/** What one signature may do. Whatever the message holds beyond it is refused. */
export interface SigningApproval {
  payments: readonly Payment[];
  /** The receipt that may be created, with the most it may hold. */
  receipt: { seed: string; lamportsMax: bigint } | null;
  /** Receipts whose rent may come back. */
  receiptsReturned: readonly { seed: string; lamports: bigint }[];
  /** Wallets for which a USDC account may be created. */
  tokenAccountsFor: readonly string[];
}

export interface SigningPolicy {
  usdcMint: string;
  /** No single payout above this is signed, whoever approved it. */
  payoutMax: Record<Asset, BaseUnits>;
  /** The most a transaction may offer for priority: units × price, lamports. */
  priorityFeeLamportsMax: bigint;
}

/** The key of the treasury, which signs only what its policy and the approval allow. */
export interface TreasurySigner {
  readonly address: string;
  /** Signs a legacy message. Throws SigningRefused; then nothing was signed. */
  sign(message: Uint8Array, approval: SigningApproval): Promise<Uint8Array>;
}

/** The message does something that nobody approved. */
export class SigningRefused extends Error {
  override readonly name = 'SigningRefused';
}

const memoBytesMax = 256;
/** Where the cluster's own limit lies; the fee check needs some bound. */
const computeUnitsMax = 1_400_000;

export function createTreasurySigner(key: WalletKey, policy: SigningPolicy): TreasurySigner {
  return {
    address: key.address,
    async sign(message, approval) {
      assertAllowed(key.address, message, approval, policy);
      return key.sign(message);
    },
  };
}

/** Reads the bytes again instead of trusting who built them. */
function assertAllowed(
  treasury: string,
  message: Uint8Array,
  approval: SigningApproval,
  policy: SigningPolicy,
): void {
  const { accountKeys, signatures, instructions } = readMessage(message);
  if (signatures !== 1 || accountKeys[0] !== treasury) refuse('the treasury must sign alone');
  const open = [...approval.payments];
  const returns = [...approval.receiptsReturned];
  let receipts = 0;
  for (const instruction of instructions) {
    if (instruction.kind === 'receipt') {
      receipts += 1;
      if (receipts > 1) refuse('one receipt per transaction');
    }
    assertInstruction({ treasury, instruction, approval, policy, open, returns });
  }
  assertPriorityFee(instructions, policy);
}

interface Check {
  treasury: string;
  instruction: Instruction;
  approval: SigningApproval;
  policy: SigningPolicy;
  /** Approved payments that no instruction has used yet. */
  open: Payment[];
  returns: { seed: string; lamports: bigint }[];
}

function assertInstruction(check: Check): void {
  const { treasury, instruction, approval, policy } = check;
  switch (instruction.kind) {
    case 'sol-transfer':
      if (instruction.from !== treasury) refuse('SOL must leave the treasury itself');
      takePayment(check, 'SOL', instruction.amount, (wallet) => wallet === instruction.to);
      return;
    case 'token-transfer': {
      const { usdcMint } = policy;
      if (instruction.mint !== usdcMint) refuse('the mint is not the allowed one');
      if (
        instruction.owner !== treasury ||
        instruction.from !== usdcAccountOf(usdcMint, treasury)
      ) {
        refuse('USDC must leave the treasury itself');
      }
      takePayment(
        check,
        'USDC',
        instruction.amount,
        (wallet) => instruction.to === usdcAccountOf(usdcMint, wallet),
      );
      return;
    }
    case 'token-account': {
      const { wallet, mint, account, payer } = instruction;
      const expected = mint === policy.usdcMint && account === usdcAccountOf(mint, wallet);
      if (payer !== treasury || !expected || !approval.tokenAccountsFor.includes(wallet)) {
        refuse('nobody approved this token account');
      }
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

function takePayment(
  { open, policy }: Check,
  asset: Asset,
  amount: bigint,
  isFor: (wallet: string) => boolean,
): void {
  const index = open.findIndex(
    (payment) => payment.asset === asset && payment.amount === amount && isFor(payment.wallet),
  );
  if (index < 0) refuse('nobody approved this payment');
  if (amount > policy.payoutMax[asset]) refuse('the payment is above the cap');
  open.splice(index, 1);
}

function assertReceipt(
  treasury: string,
  instruction: Extract<Instruction, { kind: 'receipt' }>,
  { receipt }: SigningApproval,
): void {
  if (receipt === null) refuse('nobody approved a receipt');
  const { from, base, account, lamports, space, owner } = instruction;
  const ours = from === treasury && base === treasury && owner === systemProgram;
  const expected = account === receiptAddress(treasury, receipt.seed) && space <= 1n;
  if (!ours || !expected || lamports > receipt.lamportsMax)
    refuse('the receipt is not as approved');
}

function takeReturn(
  { returns, treasury }: Check,
  instruction: Extract<Instruction, { kind: 'receipt-return' }>,
): void {
  const { account, base, to, amount } = instruction;
  const index = returns.findIndex(
    ({ seed, lamports }) => lamports === amount && account === receiptAddress(treasury, seed),
  );
  if (index < 0 || base !== treasury || to !== treasury) refuse('the return is not as approved');
  returns.splice(index, 1);
}

function assertPriorityFee(instructions: readonly Instruction[], policy: SigningPolicy): void {
  let units = computeUnitsMax;
  let price = 0n;
  for (const instruction of instructions) {
    if (instruction.kind === 'unit-limit') units = instruction.units;
    if (instruction.kind === 'unit-price') price = instruction.microLamports;
  }
  const lamports = (BigInt(units) * price) / 1_000_000n;
  if (lamports > policy.priorityFeeLamportsMax) refuse('the priority fee is above the cap');
}

function refuse(why: string): never {
  throw new SigningRefused(`Signing refused: ${why}.`);
}

const systemProgram = '11111111111111111111111111111111';
