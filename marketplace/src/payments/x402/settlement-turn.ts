import { baseUnits } from '@node3/shared/money';
import { chainTreasury, x402Inbound } from '../../domain/ledger-accounts.ts';
import type { Transfer } from '../../store/rows.ts';
import type { X402Ending, X402SettlementRow } from '../../store/x402-store.ts';
import { feeTransfer } from '../payout-postings.ts';
import type { ChainTransaction } from '../solana/chain-transaction.ts';
import {
  isExpiredEverywhere,
  type PaymentFate,
  readFates,
  readFinalPayment,
} from './payment-observation.ts';
import type { PaymentSettler } from './payment-settler.ts';
import type { SettlementDeps } from './settlement-context.ts';

/** Payments looked at in one turn. */
const perTurnMax = 200;

/**
 * Drives every open payment on: sends what nobody has seen, credits what landed though its request
 * never came back, and posts what is final. Whatever it did not get to, the next turn does.
 */
export async function settleOpenPayments(
  deps: SettlementDeps,
  settler: PaymentSettler,
): Promise<void> {
  const { store, rpc, clock, settings, log } = deps;
  const expiredSinceMs = clock.nowMs() - settings.expiredKeptMs;
  const open = await store.unsettledX402(expiredSinceMs, perTurnMax);
  const fates = await readFates(rpc, open);
  for (const settlement of open) {
    if (settler.isUnderway(settlement)) continue;
    try {
      const seen = fates.get(settlement.signature) ?? { fate: 'unseen' as const, final: false };
      await drive(deps, settler, settlement, seen);
    } catch (error) {
      // One payment that can't be ended must not keep the others from it.
      log.error({ err: error, signature: settlement.signature }, 'x402 payment not driven on');
    }
  }
}

async function drive(
  deps: SettlementDeps,
  settler: PaymentSettler,
  settlement: X402SettlementRow,
  { fate, final }: { fate: PaymentFate; final: boolean },
): Promise<void> {
  const { clock, settings } = deps;
  if (fate === 'unseen') return resendOrExpire(deps, settler, settlement);
  if (fate === 'undecided') return;
  if (fate === 'refused') {
    if (final) await fail(deps, settler, settlement);
    return;
  }
  if (settlement.state !== 'confirmed') {
    if (clock.nowMs() < settlement.createdAtMs + settings.creditAfterMs) return;
    await credit(deps, settlement);
  }
  if (final) await finalize(deps, settler, settlement);
}

async function resendOrExpire(
  deps: SettlementDeps,
  settler: PaymentSettler,
  settlement: X402SettlementRow,
): Promise<void> {
  if (settlement.state === 'expired') return;
  if (!(await isExpiredEverywhere(deps.rpc, settlement))) return settler.send(settlement);
  await giveUp(deps, settler, settlement, {
    state: 'expired',
    reason: 'transaction_expired',
    transfers: [],
  });
}

async function credit({ store, ids, clock, log }: SettlementDeps, settlement: X402SettlementRow) {
  const { signature, payer } = settlement;
  const accountId = ids.next('account');
  await store.fulfilX402({ signature, accountId, post: null, nowMs: clock.nowMs() });
  log.info({ signature, payer }, 'x402 payment credited without its request');
}

/** The payer was refused by the chain; the fee is ours all the same. */
async function fail(deps: SettlementDeps, settler: PaymentSettler, settlement: X402SettlementRow) {
  const transaction = await readFinalPayment(deps.rpc, settlement);
  if (transaction === null) return;
  const transfers = feeTransfers(deps, settlement, transaction);
  const reason = 'transaction_failed';
  await giveUp(deps, settler, settlement, { state: 'failed', reason, transfers });
}

/** Ends a payment that brought nothing. If it is credited, the audit of the reserves stops payouts. */
async function giveUp(
  deps: SettlementDeps,
  settler: PaymentSettler,
  settlement: X402SettlementRow,
  ending: Pick<X402Ending, 'reason' | 'transfers'> & { state: 'expired' | 'failed' },
): Promise<void> {
  const { signature, payer, amount } = settlement;
  const facts = { signature, payer, amount: String(amount), reason: ending.reason };
  if (settlement.state === 'confirmed') {
    deps.log.error(facts, 'the cluster took back a payment that is credited');
    return end(deps, settler, settlement, { ...ending, state: 'reverted' });
  }
  deps.log.info(facts, 'x402 payment came to nothing');
  return end(deps, settler, settlement, ending);
}

async function finalize(
  deps: SettlementDeps,
  settler: PaymentSettler,
  settlement: X402SettlementRow,
): Promise<void> {
  const { signature, amount } = settlement;
  const transaction = await readFinalPayment(deps.rpc, settlement);
  if (transaction === null) return;
  const own = transaction.tokens.find(({ account }) => account === deps.usdcAccount);
  const gained = own === undefined ? 0n : own.after - own.before;
  if (gained !== amount) throw new Error(`payment ${signature} moved ${gained}, not ${amount}`);
  const final = {
    transferId: `fin:${signature}`,
    debit: chainTreasury,
    credit: x402Inbound,
    asset: 'USDC',
    amount,
    kind: 'deposit_final',
    ref: signature,
  } as const;
  const transfers = [final, ...feeTransfers(deps, settlement, transaction)];
  await end(deps, settler, settlement, { state: 'finalized', reason: null, transfers });
}

/** A fee payer with money of its own is not part of the treasury. */
function feeTransfers(
  { offer }: SettlementDeps,
  { signature }: X402SettlementRow,
  { feeLamports }: ChainTransaction,
): Transfer[] {
  if (offer.feePayer !== offer.payTo) return [];
  return [feeTransfer(signature, baseUnits(feeLamports))];
}

async function end(
  { store, clock }: SettlementDeps,
  settler: PaymentSettler,
  settlement: X402SettlementRow,
  ending: Pick<X402Ending, 'state' | 'reason' | 'transfers'>,
): Promise<void> {
  const { signature } = settlement;
  await store.endX402Settlement({ signature, ...ending, events: [], nowMs: clock.nowMs() });
  settler.forget(settlement);
}
