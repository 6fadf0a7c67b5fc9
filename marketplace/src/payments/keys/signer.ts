import type { Clock } from '@node3/shared/clock';
import type { Asset, BaseUnits } from '@node3/shared/money';
import { verifySignature, type WalletKey } from '@node3/shared/wallet-key';
import bs58 from 'bs58';
import { readMessage } from '../solana/message-reader.ts';
import { messageOf, signatureOf } from '../solana/transaction-builder.ts';
import { type AssetCaps, PayoutLimiter } from './payout-caps.ts';
import {
  assertAllowed,
  type MessageRules,
  movedBy,
  PayoutCapReached,
  type SigningApproval,
  SigningRefused,
} from './signing-policy.ts';

export interface SigningPolicy extends MessageRules {
  /** No payout above these is signed, whoever approved it. */
  caps: AssetCaps;
  /** The kill switch: why nothing may be signed; null while everything may. Asked at each signature. */
  stopped(): string | null;
}

/** A transaction that this key signed before, as the store kept it. */
export interface SignedBefore {
  raw: Uint8Array;
  createdAtMs: number;
}

/** The key of the treasury, which signs only what its policy and the approval allow. */
export interface TreasurySigner {
  readonly address: string;
  /**
   * Signs a legacy message. Throws SigningRefused, of which PayoutCapReached passes with time; then
   * nothing was signed.
   */
  sign(message: Uint8Array, approval: SigningApproval): Promise<Uint8Array>;
  /**
   * Counts what was signed before this process started, or by another one. Amounts are read from
   * the signed bytes, so whoever can write to the database can't make them smaller there.
   */
  recall(signed: readonly SignedBefore[]): void;
  /** What may be signed away now. */
  remaining(asset: Asset): BaseUnits;
  /** Whether payments behind this receipt are counted already. */
  counts(receiptSeed: string): boolean;
  /** When an amount will be within the caps, and which one it waits for. */
  fits(asset: Asset, amount: bigint): { atMs: number; cap: 'hourly' | 'daily' };
}

export function createTreasurySigner(
  key: WalletKey,
  policy: SigningPolicy,
  clock: Clock,
): TreasurySigner {
  const limiter = new PayoutLimiter(policy.caps);
  const treasury = key.address;
  return {
    address: treasury,
    async sign(message, approval) {
      const stopped = policy.stopped();
      if (stopped !== null) throw new SigningRefused(`Signing refused: ${stopped}`);
      const moved = movedBy(assertAllowed(treasury, message, approval, policy));
      if (moved.receiptSeed !== null && moved.payments > 0) {
        const refused = limiter.take(moved.receiptSeed, moved.amounts, clock.nowMs());
        if (refused !== null) throw new PayoutCapReached(refused, 'hour or day');
      }
      return key.sign(message);
    },
    recall(signed) {
      for (const { raw, createdAtMs } of signed) {
        const message = messageOf(raw);
        const read = readMessage(message);
        // From before the key was changed: another treasury's money.
        if (read.accountKeys[0] !== treasury) continue;
        if (!verifySignature(treasury, message, bs58.encode(signatureOf(raw)))) {
          throw new Error('a stored transaction of the treasury was changed after it was signed');
        }
        const { receiptSeed, amounts } = movedBy(read);
        if (receiptSeed !== null) limiter.recall(receiptSeed, amounts, createdAtMs);
      }
    },
    remaining: (asset) => limiter.left(asset, clock.nowMs()),
    counts: (receiptSeed) => limiter.counts(receiptSeed),
    fits: (asset, amount) => limiter.fits(asset, amount, clock.nowMs()),
  };
}
