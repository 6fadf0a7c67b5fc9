import { createTransferCheckedInstruction } from '@solana/spl-token';
import {
  ComputeBudgetProgram,
  Keypair,
  PublicKey,
  TransactionInstruction,
  TransactionMessage,
  VersionedTransaction,
} from '@solana/web3.js';
import type { PaymentPayload, PaymentRequired } from '@x402/core/types';
import { memoProgram, usdcAccountOf } from '../solana/transaction-builder.ts';
import type { Wallet } from './payout-testbed.ts';

/** Where a payment made by hand differs from an honest one. */
export interface HandMadeChanges {
  amount?: bigint;
  mint?: string;
  payTo?: string;
  memo?: string;
  network?: `${string}:${string}`;
  blockhash?: string;
  computeUnits?: number;
  unitPrice?: number;
  /** Also has to sign, and does. */
  cosigner?: Keypair;
  /** The memo's own account: a program that we know is given the fee payer's signature. */
  memoNamesFeePayer?: boolean;
  /** After the transfer and the memo. */
  extra?: (feePayer: PublicKey) => TransactionInstruction[];
}

/** A payment for a challenge, built with the stock web3.js and changed where a test wants it. */
export function handMadePayment(
  challenge: PaymentRequired,
  buyer: Wallet,
  blockhash: string,
  changes: HandMadeChanges = {},
): PaymentPayload {
  const [accepted] = challenge.accepts;
  if (accepted === undefined) throw new Error('the challenge accepts nothing');
  const feePayer = new PublicKey(String(accepted.extra['feePayer']));
  const mint = changes.mint ?? accepted.asset;
  const owner = buyer.keypair.publicKey;
  const { cosigner } = changes;
  const message = new TransactionMessage({
    payerKey: feePayer,
    recentBlockhash: changes.blockhash ?? blockhash,
    instructions: [
      ComputeBudgetProgram.setComputeUnitLimit({ units: changes.computeUnits ?? 20_000 }),
      ComputeBudgetProgram.setComputeUnitPrice({ microLamports: changes.unitPrice ?? 1 }),
      createTransferCheckedInstruction(
        new PublicKey(usdcAccountOf(mint, buyer.address)),
        new PublicKey(mint),
        new PublicKey(usdcAccountOf(mint, changes.payTo ?? accepted.payTo)),
        owner,
        changes.amount ?? BigInt(accepted.amount),
        6,
      ),
      memo(changes.memo ?? String(accepted.extra['memo']), [
        ...(cosigner === undefined ? [] : [cosigner.publicKey]),
        ...(changes.memoNamesFeePayer === true ? [feePayer] : []),
      ]),
      ...(changes.extra?.(feePayer) ?? []),
    ],
  }).compileToV0Message();
  const transaction = new VersionedTransaction(message);
  transaction.sign([buyer.keypair, ...(cosigner === undefined ? [] : [cosigner])]);
  return {
    x402Version: 2,
    accepted: {
      ...accepted,
      ...(changes.network === undefined ? {} : { network: changes.network }),
    },
    payload: { transaction: Buffer.from(transaction.serialize()).toString('base64') },
  };
}

/** The memo program wants the signature of every account it is given. */
function memo(text: string, signers: PublicKey[]): TransactionInstruction {
  return new TransactionInstruction({
    programId: new PublicKey(memoProgram),
    keys: signers.map((pubkey) => ({ pubkey, isSigner: true, isWritable: false })),
    data: Buffer.from(text, 'utf8'),
  });
}
