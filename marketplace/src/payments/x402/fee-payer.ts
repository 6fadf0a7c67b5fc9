import { MarketError } from '@node3/shared/error';
import type { WalletKey } from '@node3/shared/wallet-key';
import { paymentLimits } from './payment-limits.ts';
import type { PaymentMessage } from './payment-message.ts';

/** What a payment has to be before we pay its network fee. */
export interface ExpectedPayment {
  usdcMint: string;
  /** The USDC account that is paid. */
  to: string;
  amount: bigint;
  memo: string;
}

/** Signs payments of other people's wallets as the one who pays the network's fee. */
export interface FeePayer {
  readonly address: string;
  /**
   * Signs when the message is exactly the expected payment and can cost us no more than its fee.
   * Throws FeePayerRefused, and PAYMENT_UNAVAILABLE while signing is stopped.
   */
  sign(message: PaymentMessage, expected: ExpectedPayment): Promise<Uint8Array>;
}

/** The message does more, or other, than the payment it should be. */
export class FeePayerRefused extends Error {
  override readonly name = 'FeePayerRefused';
}

/** @param stopped is the kill switch: why nothing may be signed now, or null. */
export function createFeePayer(key: WalletKey, stopped: () => string | null): FeePayer {
  return {
    address: key.address,
    async sign(message, expected) {
      const detail = stopped();
      if (detail !== null) throw new MarketError('PAYMENT_UNAVAILABLE', { detail });
      const problem = problemWith(key.address, message, expected);
      if (problem !== null) throw new FeePayerRefused(problem);
      return key.sign(message.transaction.message.serialize());
    },
  };
}

/** Reads the bytes for itself, whoever checked them before: this key may hold more than fees. */
function problemWith(
  feePayer: string,
  message: PaymentMessage,
  expected: ExpectedPayment,
): string | null {
  const { signers, transfers, memos, computeUnits, unitPriceMicroLamports } = message;
  const [transfer, ...others] = transfers;
  if (message.feePayer !== feePayer) return 'fee_payer_mismatch';
  if (message.instructionAccounts.has(feePayer)) return 'fee_payer_in_instruction';
  if (signers.length > paymentLimits.signaturesMax) return 'excessive_signers';
  if (message.foreign.length > 0) return 'unknown_instruction';
  if (transfer === undefined || others.length > 0) return 'no_transfer_instruction';
  if (transfer.mint !== expected.usdcMint) return 'mint_mismatch';
  if (transfer.to !== expected.to) return 'recipient_mismatch';
  if (transfer.amount !== expected.amount) return 'amount_mismatch';
  if (memos.length !== 1 || memos[0] !== expected.memo) return 'memo_mismatch';
  if (computeUnits === null || computeUnits > paymentLimits.computeUnitsMax) {
    return 'compute_limit_too_high';
  }
  if (unitPriceMicroLamports > BigInt(paymentLimits.unitPriceMicroLamportsMax)) {
    return 'compute_price_too_high';
  }
  return null;
}
