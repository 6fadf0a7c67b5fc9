import type { AttemptRow, BatchChange, BatchRow, PayoutChange } from '../store/payout-store.ts';
import type { TransactionFailure, TransactionFate } from './payment-rail.ts';
import type { PayoutContext, StepReport } from './payout-context.ts';
import {
  costTransfers,
  feeTransfer,
  paidTransfers,
  payoutEvent,
  solOf,
  tombstoneTransfer,
} from './payout-postings.ts';

interface KnownFate {
  attempt: AttemptRow;
  fate: TransactionFate;
}

/**
 * Nothing of this batch was ever signed as far as this database knows, so it can end without a word
 * to the chain. A receipt that stands all the same is of a database that was lost: nobody can guess
 * its address, so its payouts may be paid and wait for a person. The store says
 * so, not the row: a worker that waited for longer than its lease may have been overtaken.
 */
export async function dissolve(
  context: PayoutContext,
  batch: BatchRow,
  failure: TransactionFailure,
  report: StepReport,
): Promise<void> {
  const held =
    failure.scope === 'receipt'
      ? batch.payouts.map((payout) => ({ ...payout, holdReason: failure.reason }))
      : culpritsOf(batch, failure);
  const nothing = { from: ['new' as const], outcomes: [], transfers: [] };
  await closeUnpaid(context, { ...batch, payouts: held }, nothing, report);
}

async function knownFates(context: PayoutContext, batch: BatchRow): Promise<KnownFate[]> {
  const wallets = batch.payouts.map((payout) => payout.wallet);
  const open = batch.attempts.filter((attempt) => attempt.outcome === null);
  const fates = await Promise.all(
    open.map(async (attempt) => {
      const { signature, raw } = attempt;
      return { attempt, fate: await context.rail.fate({ signature, raw, wallets }) };
    }),
  );
  return fates.flatMap(({ attempt, fate }) => (fate === null ? [] : [{ attempt, fate }]));
}

/**
 * The receipt says paid. It is posted when one of our own transactions is known to have done it:
 * an outsider's lamports on the receipt's address look the same from far.
 */
export async function post(
  context: PayoutContext,
  batch: BatchRow,
  report: StepReport,
): Promise<void> {
  const { store, clock } = context;
  const fates = await knownFates(context, batch);
  const paid = fates.find(
    ({ attempt, fate }) => attempt.kind === 'pay' && fate.outcome === 'landed',
  );
  if (paid === undefined) {
    if (allPaymentsFailed(batch, fates)) return endDisputed(context, batch, fates, report);
    context.waiting = `batch ${batch.batchId}: the receipt exists, the transaction that made it is not visible yet`;
    return;
  }
  const nowMs = clock.nowMs();
  const { signature, receiptRent } = paid.attempt;
  const others = fates.filter((known) => known !== paid);
  context.fp('before-post');
  await store.changeBatch({
    batchId: batch.batchId,
    from: ['sent', 'voiding'],
    to: 'posted',
    payouts: batch.payouts.map(({ payoutId }) => ({
      payoutId,
      state: 'finalized',
      signature,
      holdReason: null,
    })),
    outcomes: outcomesOf(fates),
    receiptRent,
    transfers: [
      ...paidTransfers(batch.payouts),
      ...costTransfers({
        batchId: batch.batchId,
        signature,
        fate: paid.fate,
        receiptRent,
        paidSol: solOf(batch.payouts),
      }),
      ...feesOf(others),
    ],
    events: batch.payouts.map((payout) =>
      payoutEvent('payout.finalized', payout, nowMs, { signature }),
    ),
    nowMs,
  });
  context.fp('after-post');
  report.finalized += batch.payouts.length;
}

/** Each attempt is final and failed, so none of them can ever pay: the signatures are used up. */
function allPaymentsFailed(batch: BatchRow, fates: readonly KnownFate[]): boolean {
  const failed = new Set(
    fates.flatMap(({ attempt, fate }) => (fate.outcome === 'failed' ? [attempt.signature] : [])),
  );
  return batch.attempts
    .filter((attempt) => attempt.kind === 'pay')
    .every((attempt) => failed.has(attempt.signature));
}

/** An outsider occupied the receipt's address. The payouts go again with another one. */
async function endDisputed(
  context: PayoutContext,
  batch: BatchRow,
  fates: readonly KnownFate[],
  report: StepReport,
): Promise<void> {
  context.log.warn({ batchId: batch.batchId }, 'receipt address was occupied by an outsider');
  const rest = { outcomes: outcomesOf(fates), transfers: feesOf(fates) };
  await closeUnpaid(context, batch, { from: wasSent, ...rest }, report);
}

/** An attempt failed on chain. Remembers who is to blame; the tombstone comes next. */
export async function beginVoid(context: PayoutContext, batch: BatchRow): Promise<void> {
  const fates = await knownFates(context, batch);
  const failed = fates.find(({ fate }) => fate.failure !== null);
  if (failed?.fate.failure === undefined || failed.fate.failure === null) return;
  const { failure } = failed.fate;
  context.log.warn({ batchId: batch.batchId, failure }, 'payout batch failed on chain');
  restAfter(context, batch, failure);
  await beginVoidFor(context, batch, failure);
}

export async function beginVoidFor(
  context: PayoutContext,
  batch: BatchRow,
  failure: TransactionFailure,
): Promise<void> {
  const culprits: PayoutChange[] = culpritsOf(batch, failure).flatMap((payout) =>
    payout.holdReason === null
      ? []
      : [{ payoutId: payout.payoutId, state: payout.state, holdReason: payout.holdReason }],
  );
  context.fp('before-voiding');
  await context.store.changeBatch({
    batchId: batch.batchId,
    from: ['sent'],
    to: 'voiding',
    payouts: culprits,
    outcomes: [],
    transfers: [],
    events: [],
    nowMs: context.clock.nowMs(),
  });
  context.fp('after-voiding');
}

export async function endVoid(
  context: PayoutContext,
  batch: BatchRow,
  report: StepReport,
): Promise<void> {
  const fates = await knownFates(context, batch);
  const tombstone = fates.find(
    ({ attempt, fate }) => attempt.kind === 'void' && fate.outcome === 'landed',
  );
  if (tombstone === undefined) {
    context.waiting = `batch ${batch.batchId}: the tombstone exists, its transaction is not visible yet`;
    return;
  }
  const { signature } = tombstone.attempt;
  const transfers = [...feesOf(fates), tombstoneTransfer(batch.batchId, signature, tombstone.fate)];
  context.fp('before-void');
  const outcomes = outcomesOf(fates);
  await closeUnpaid(context, batch, { from: wasSent, outcomes, transfers }, report);
  context.fp('after-void');
}

const wasSent: BatchChange['from'] = ['sent', 'voiding'];

/** Payouts with a hold reason are held, the innocent ones go back into the queue. */
async function closeUnpaid(
  context: PayoutContext,
  batch: BatchRow,
  rest: Pick<BatchChange, 'from' | 'outcomes' | 'transfers'>,
  report: StepReport,
): Promise<void> {
  const nowMs = context.clock.nowMs();
  await context.store.changeBatch({
    batchId: batch.batchId,
    to: 'void',
    payouts: batch.payouts.map(({ payoutId, holdReason }) => ({
      payoutId,
      state: holdReason === null ? 'due' : 'held',
      signature: null,
      holdReason,
    })),
    ...rest,
    events: batch.payouts.map((payout) =>
      payout.holdReason === null
        ? payoutEvent('payout.due', payout, nowMs, { signature: null })
        : payoutEvent('payout.held', payout, nowMs, {
            signature: null,
            holdReason: payout.holdReason,
          }),
    ),
    nowMs,
  });
  report.voided += 1;
  report.held += batch.payouts.filter((payout) => payout.holdReason !== null).length;
}

/** The batch's payouts, with the hold reason set on those to blame. */
function culpritsOf(batch: BatchRow, failure: TransactionFailure): BatchRow['payouts'] {
  // A wallet that fell below its rent minimum just has to wait for more: nobody needs to look.
  const blamed = failure.scope === 'recipient' && failure.reason !== 'below_rent';
  return batch.payouts.map((payout) =>
    blamed && failure.wallets.includes(payout.wallet)
      ? { ...payout, holdReason: failure.reason }
      : payout,
  );
}

/** Without a culprit the same would happen again at once, and cost a fee each time. */
export function restAfter(
  context: PayoutContext,
  batch: BatchRow,
  failure: TransactionFailure,
): void {
  const isolated = batch.payouts.some((payout) => failure.wallets.includes(payout.wallet));
  if (failure.scope === 'recipient' && isolated) return;
  const { restAfterFailureMs } = context.settings;
  context.restUntilMs.set(batch.asset, context.clock.monotonicMs() + restAfterFailureMs);
  context.waiting = `payouts in ${batch.asset} rest after a failure: ${failure.reason}`;
}

function outcomesOf(fates: readonly KnownFate[]) {
  return fates.map(({ attempt, fate }) => ({
    signature: attempt.signature,
    outcome: fate.outcome,
  }));
}

function feesOf(fates: readonly KnownFate[]) {
  return fates.map(({ attempt, fate }) => feeTransfer(attempt.signature, fate.feeLamports));
}
