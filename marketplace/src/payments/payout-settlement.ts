import { MarketError } from '@node3/shared/error';
import { formatAmount, zero } from '@node3/shared/money';
import type { BatchRow, PayoutRow, PayoutSettlement } from '../store/payout-store.ts';
import type { LandedPayment, PaymentReading } from './payment-rail.ts';
import type { PayoutContext } from './payout-context.ts';
import {
  costTransfers,
  paidTransfers,
  payoutEvent,
  rentReturnTransfer,
  solOf,
} from './payout-postings.ts';

type Context = Pick<PayoutContext, 'store' | 'rail' | 'clock' | 'fp'>;

/**
 * Books payouts as paid by a transaction of the treasury that this database does not know, as after
 * the restore of a backup. The chain is the witness: the transaction is final, signed by the treasury,
 * with a receipt, and what it paid to each wallet is exactly what these payouts come to. Those in a
 * batch that is still open are booked with their whole batch. Again with the same signature changes
 * nothing. Rejects with PAYOUT_NOT_FOUND, PAYOUT_STATE_INVALID, PAYOUT_PROOF_PENDING,
 * PAYOUT_PROOF_INVALID or CHAIN_UNAVAILABLE.
 */
export async function settlePayouts(
  context: Context,
  payoutIds: readonly string[],
  signature: string,
): Promise<PayoutRow[]> {
  const { store, rail } = context;
  const named = await payoutsOf(context, payoutIds);
  const undecided = named.filter((payout) => !isPaidBy(payout, signature));
  if (undecided.length === 0) return named;
  const open = (await store.openBatches()).filter(({ batchId }) =>
    undecided.some((payout) => payout.batchId === batchId),
  );
  for (const payout of undecided) assertUndecided(payout, open, signature);
  const inBatches = open.flatMap((batch) => batch.payouts);
  const payouts = [...undecided.filter(({ batchId }) => batchId === null), ...inBatches];
  const wallets = payouts.map(({ wallet }) => wallet);
  const payment = paymentOf(await rail.readPayment({ signature, wallets }), signature);
  if (open.some(({ receiptAddress }) => receiptAddress !== payment.receiptAddress)) {
    throw invalid(signature, 'Its receipt is that of another batch than the one the payout is in.');
  }
  for (const wallet of new Set(wallets)) assertPays(payment, wallet, payouts, signature);
  context.fp('before-settle');
  const outcome = await store.settlePayouts(settlementOf(context, payouts, payment, signature));
  context.fp('after-settle');
  const now = await payoutsOf(context, payoutIds);
  const other = now.find((payout) => !isPaidBy(payout, signature));
  if (other === undefined) return now;
  if (outcome === 'moved') throw stateInvalid(other);
  throw invalid(signature, 'What it paid to this wallet is booked already, for other payouts.');
}

async function payoutsOf({ store }: Context, payoutIds: readonly string[]): Promise<PayoutRow[]> {
  const payouts: PayoutRow[] = [];
  for (const payoutId of new Set(payoutIds)) {
    const payout = await store.payout(payoutId);
    if (payout === null) throw new MarketError('PAYOUT_NOT_FOUND', { payoutId });
    payouts.push(payout);
  }
  return payouts;
}

function isPaidBy({ state, signature }: PayoutRow, by: string): boolean {
  return state === 'finalized' && signature === by;
}

function assertUndecided(payout: PayoutRow, open: readonly BatchRow[], signature: string): void {
  if (payout.state === 'held') return;
  const batch = open.find(({ batchId }) => batchId === payout.batchId);
  if (batch === undefined) throw stateInvalid(payout);
  if (batch.attempts.some((attempt) => attempt.signature === signature)) {
    const detail = 'The payout engine follows this transaction and books it when it is final.';
    const { payoutId, state } = payout;
    throw new MarketError('PAYOUT_STATE_INVALID', { detail, payoutId, state });
  }
}

function stateInvalid({ payoutId, state, signature }: PayoutRow): MarketError {
  const by = state === 'finalized' ? ` by ${signature}` : '';
  const detail =
    `The payout is ${state}${by}; only one that is held, or in a batch whose transaction is not ` +
    'known, can be booked by a signature.';
  return new MarketError('PAYOUT_STATE_INVALID', { detail, payoutId, state });
}

function invalid(signature: string, detail: string): MarketError {
  return new MarketError('PAYOUT_PROOF_INVALID', { detail, signature });
}

function paymentOf(reading: PaymentReading, signature: string): LandedPayment {
  if ('payment' in reading) return reading.payment;
  const { problem, detail } = reading;
  if (problem !== 'pending') throw invalid(signature, detail);
  throw new MarketError('PAYOUT_PROOF_PENDING', { detail, signature });
}

/** A batch pays a wallet in one transfer, however many payouts it is for. */
function assertPays(
  payment: LandedPayment,
  wallet: string,
  payouts: readonly PayoutRow[],
  signature: string,
): void {
  const { asset } = payment;
  const own = payouts.filter((payout) => payout.wallet === wallet);
  const other = own.find((payout) => payout.asset !== asset);
  if (other !== undefined) {
    throw invalid(signature, `It pays in ${asset}; ${other.payoutId} is in ${other.asset}.`);
  }
  const received = payment.transfers.filter((transfer) => transfer.wallet === wallet);
  if (received.length === 0) throw invalid(signature, `It pays nothing to ${wallet}.`);
  const [paid, owed] = [sumOf(received), sumOf(own)];
  if (paid === owed) return;
  const [moved, asked] = [paid, owed].map((amount) => `${formatAmount(amount, asset)} ${asset}`);
  const more = paid > owed ? ' Name every payout of this wallet that it paid.' : '';
  const detail = `It pays ${moved} to ${wallet}; these payouts come to ${asked}.${more}`;
  throw invalid(signature, detail);
}

function sumOf(amounts: readonly { amount: bigint }[]): bigint {
  return amounts.reduce((sum, { amount }) => sum + amount, 0n);
}

function settlementOf(
  { clock }: Context,
  payouts: readonly PayoutRow[],
  payment: LandedPayment,
  signature: string,
): PayoutSettlement {
  const nowMs = clock.nowMs();
  const { batchId, asset, receiptSeed, receiptAddress, receiptRent, fate } = payment;
  const paidSol = solOf(payment.transfers.map(({ amount }) => ({ asset, amount })));
  const createdAtMs = payment.landedAtMs ?? nowMs;
  return {
    batch: { batchId, asset, receiptSeed, receiptAddress, costLamports: zero, createdAtMs },
    attempt: {
      signature,
      batchId,
      kind: 'pay',
      attempt: payment.attempt,
      raw: payment.raw,
      // It has landed: when it would have expired is nobody's question any more.
      lastValidBlockHeight: 0,
      receiptRent,
      createdAtMs,
    },
    payoutIds: payouts.map(({ payoutId }) => payoutId),
    isReceiptGone: payment.isReceiptGone,
    transfers: paidTransfers(payouts),
    costs: [
      ...costTransfers({ batchId, signature, fate, receiptRent, paidSol }),
      ...(payment.isReceiptGone ? [rentReturnTransfer(batchId, receiptRent, signature)] : []),
    ],
    events: payouts.map((payout) => ({
      ...payoutEvent('payout.finalized', payout, nowMs, { signature }),
      actor: 'operator',
    })),
    nowMs,
  };
}
