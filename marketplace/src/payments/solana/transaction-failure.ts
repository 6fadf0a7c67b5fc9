import type { TransactionFailure } from '../payment-rail.ts';
import { readMessage } from './message-reader.ts';

/** Error numbers of the System and Token programs that we act upon. */
const systemError = { accountInUse: 0, treasuryShort: 1 } as const;
const tokenError = { insufficientFunds: 1, frozen: 17 } as const;

/**
 * Says whose fault a failed transaction is. Only what the chain pins on one recipient is blamed on
 * that recipient; everything else is ours, and nobody is held for it.
 * @param err the `err` of the RPC answer, such as `{InstructionError: [3, {Custom: 17}]}`.
 * @param walletOf the wallets behind the token accounts that the transaction pays.
 */
export function explainFailure(
  err: unknown,
  message: Uint8Array,
  walletOf: ReadonlyMap<string, string>,
): TransactionFailure {
  const { accountKeys, instructions } = readMessage(message);
  const rent = readRentError(err);
  if (rent !== null) {
    const wallet = accountKeys[rent] ?? '';
    if (rent === 0) return { scope: 'treasury', wallets: [], reason: 'treasury_below_rent' };
    const isReceipt = instructions.some(
      (item) => item.kind === 'receipt' && item.account === wallet,
    );
    if (isReceipt) return { scope: 'other', wallets: [], reason: 'rent_changed' };
    return { scope: 'recipient', wallets: [walletOf.get(wallet) ?? wallet], reason: 'below_rent' };
  }
  const failed = readInstructionError(err);
  const instruction = failed === null ? undefined : instructions[failed.index];
  if (failed === null || instruction === undefined) {
    return { scope: 'other', wallets: [], reason: describe(err) };
  }
  const { custom } = failed;
  switch (instruction.kind) {
    case 'receipt':
      return custom === systemError.accountInUse
        ? { scope: 'receipt', wallets: [], reason: 'receipt_exists' }
        : { scope: 'treasury', wallets: [], reason: 'treasury_short_of_sol' };
    case 'sol-transfer':
      return custom === systemError.treasuryShort
        ? { scope: 'treasury', wallets: [], reason: 'treasury_short_of_sol' }
        : blame(instruction.to, describe(err));
    case 'token-account':
      return custom === systemError.treasuryShort
        ? { scope: 'treasury', wallets: [], reason: 'treasury_short_of_sol' }
        : blame(instruction.wallet, 'token_account_refused');
    case 'token-transfer':
      if (custom === tokenError.insufficientFunds) {
        return { scope: 'treasury', wallets: [], reason: 'treasury_short_of_usdc' };
      }
      return blame(
        walletOf.get(instruction.to) ?? instruction.to,
        custom === tokenError.frozen ? 'token_account_frozen' : 'token_account_unusable',
      );
    case 'receipt-return':
    case 'unit-limit':
    case 'unit-price':
    case 'memo':
    case 'unknown':
      break;
  }
  return { scope: 'other', wallets: [], reason: describe(err) };
}

function blame(wallet: string, reason: string): TransactionFailure {
  return { scope: 'recipient', wallets: [wallet], reason };
}

function readRentError(err: unknown): number | null {
  if (typeof err !== 'object' || err === null || !('InsufficientFundsForRent' in err)) return null;
  const detail = err.InsufficientFundsForRent;
  if (typeof detail !== 'object' || detail === null || !('account_index' in detail)) return null;
  return Number(detail.account_index);
}

function readInstructionError(err: unknown): { index: number; custom: number | null } | null {
  if (typeof err !== 'object' || err === null || !('InstructionError' in err)) return null;
  if (!Array.isArray(err.InstructionError)) return null;
  const [index, detail] = err.InstructionError as unknown[];
  const custom =
    typeof detail === 'object' && detail !== null && 'Custom' in detail
      ? Number(detail.Custom)
      : null;
  return { index: Number(index), custom };
}

function describe(err: unknown): string {
  return (typeof err === 'string' ? err : JSON.stringify(err)).slice(0, 200);
}
