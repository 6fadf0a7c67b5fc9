import type { AttemptRow, BatchRow, NewAttempt } from '../store/payout-store.ts';
import type { SignRequest } from './payment-rail.ts';
import type { PayoutContext, StepReport } from './payout-context.ts';
import { newestOf } from './payout-decision.ts';
import { beginVoidFor, dissolve, restAfter } from './payout-ending.ts';
import { payoutEvent } from './payout-postings.ts';

export async function signPayment(
  context: PayoutContext,
  batch: BatchRow,
  report: StepReport,
): Promise<void> {
  const { batchId, receiptSeed, payouts } = batch;
  const attempt = (newestOf(batch, 'pay')?.attempt ?? 0) + 1;
  const request: SignRequest = { kind: 'pay', batchId, attempt, receiptSeed, payouts };
  const result = await context.rail.sign(request);
  if ('signed' in result) {
    const row: NewAttempt = {
      ...result.signed,
      batchId,
      kind: 'pay',
      attempt,
      createdAtMs: context.clock.nowMs(),
    };
    context.fp('after-sign');
    await context.store.addAttempt(row, []);
    context.fp('after-persist');
    const state = batch.state === 'new' ? 'signed' : batch.state;
    await send(context, { ...batch, state }, { ...row, outcome: null }, report);
    return;
  }
  const { rejected } = result;
  context.log.warn({ batchId, attempt, rejected }, 'payout batch would fail');
  // The receipt of an earlier attempt stands already; the next look at the chain will see it.
  if (rejected.scope === 'receipt' && attempt > 1) return;
  restAfter(context, batch, rejected);
  if (attempt === 1) await dissolve(context, batch, rejected, report);
  else await beginVoidFor(context, batch, rejected);
}

export async function signTombstone(
  context: PayoutContext,
  batch: BatchRow,
  report: StepReport,
): Promise<void> {
  const { batchId, receiptSeed } = batch;
  const attempt = (newestOf(batch, 'void')?.attempt ?? 0) + 1;
  const result = await context.rail.sign({ kind: 'void', batchId, attempt, receiptSeed });
  if ('rejected' in result) {
    context.log.warn({ batchId, rejected: result.rejected }, 'tombstone would fail');
    if (result.rejected.scope === 'treasury') context.waiting = result.rejected.reason;
    return;
  }
  const row: NewAttempt = {
    ...result.signed,
    batchId,
    kind: 'void',
    attempt,
    createdAtMs: context.clock.nowMs(),
  };
  context.fp('after-sign');
  await context.store.addAttempt(row, []);
  context.fp('after-persist');
  await send(context, batch, { ...row, outcome: null }, report);
}

export async function send(
  context: PayoutContext,
  batch: BatchRow,
  attempt: AttemptRow,
  report: StepReport,
): Promise<void> {
  const { store, rail, clock } = context;
  await rail.send(attempt.raw);
  context.sentAtMs.set(attempt.signature, clock.monotonicMs());
  context.fp('after-send');
  report.sent += 1;
  if (batch.state !== 'signed') return;
  const nowMs = clock.nowMs();
  const { signature } = attempt;
  await store.changeBatch({
    batchId: batch.batchId,
    from: ['signed'],
    to: 'sent',
    payouts: batch.payouts.map(({ payoutId }) => ({ payoutId, state: 'submitted', signature })),
    outcomes: [],
    transfers: [],
    events: batch.payouts.map((payout) =>
      payoutEvent('payout.submitted', payout, nowMs, { signature }),
    ),
    nowMs,
  });
  context.fp('after-mark-sent');
}

export async function confirm(
  context: PayoutContext,
  batch: BatchRow,
  attempt: AttemptRow,
): Promise<void> {
  const nowMs = context.clock.nowMs();
  const { signature } = attempt;
  const submitted = batch.payouts.filter((payout) => payout.state === 'submitted');
  await context.store.changeBatch({
    batchId: batch.batchId,
    from: ['sent'],
    to: 'sent',
    payouts: submitted.map(({ payoutId }) => ({ payoutId, state: 'confirmed', signature })),
    outcomes: [],
    transfers: [],
    events: submitted.map((payout) =>
      payoutEvent('payout.confirmed', payout, nowMs, { signature }),
    ),
    nowMs,
  });
}
