import {
  type Asset,
  assets,
  type BaseUnits,
  baseUnits,
  formatAmount,
  zero,
} from '@node3/shared/money';
import { feeNetwork, feeRevenue, operatorCapital, rentFloat } from '../domain/ledger-accounts.ts';
import type { BatchRow, PayoutRow } from '../store/payout-store.ts';
import type { PayoutPlan } from './payment-rail.ts';
import { actOnBatch } from './payout-batch.ts';
import type { PayoutContext, StepReport } from './payout-context.ts';
import { payoutEvent } from './payout-postings.ts';

/** Due payouts looked at for one batch: some batches' worth, so that its transaction gets full. */
const dueLooked = 64;
/** 15 random bytes: nobody can guess the receipt's address and occupy it. */
const seedBytes = 15;

/** Wallets that can't be paid yet are set aside in one step so often, before the next step goes on. */
const parkingsPerStep = 16;

/** Opens batches where payouts are due, one of each asset in turn, and sends each at once. */
export async function openNewBatches(
  context: PayoutContext,
  open: readonly BatchRow[],
  report: StepReport,
): Promise<void> {
  let current = open;
  const waiting = new Set<Asset>(assets);
  let parkings = 0;
  while (waiting.size > 0) {
    for (const asset of waiting) {
      if (current.length >= context.settings.openBatchesMax) return;
      const isResting = (context.restUntilMs.get(asset) ?? 0) > context.clock.monotonicMs();
      const batch = isResting ? null : await openNewBatch(context, asset, current, report);
      if (batch === 'parked' && parkings < parkingsPerStep) {
        parkings += 1;
        continue;
      }
      if (batch === 'parked' || batch === null) {
        waiting.delete(asset);
        continue;
      }
      current = [...current, batch];
      await actOnBatch(context, batch, { action: 'sign' }, report);
    }
  }
}

/** `parked`: none of those looked at can be paid yet, and they make room for the next. */
async function openNewBatch(
  context: PayoutContext,
  asset: Asset,
  open: readonly BatchRow[],
  report: StepReport,
): Promise<BatchRow | 'parked' | null> {
  const { store, rail, clock, ids } = context;
  const due = await store.duePayouts({ asset, limit: dueLooked, nowMs: clock.nowMs() });
  if (due.length === 0) return null;
  const reserved = reservedBy(open);
  const plan = await rail.plan({ asset, due, reserved, open: paymentsOnTheirWay(asset, open) });
  await holdPayouts(context, due, plan, report);
  const parked = await parkPayouts(context, plan);
  if (plan.take.length === 0) {
    context.waiting = plan.capped ?? context.waiting;
    return parked && plan.capped === null ? 'parked' : null;
  }
  const problem = plan.shortfall ?? (await capitalProblem(context, plan.costLamports, open));
  if (problem !== null) {
    context.waiting = problem;
    return null;
  }
  const receiptSeed = ids.secret(seedBytes);
  const nowMs = clock.nowMs();
  const batchId = ids.next('batch');
  context.fp('before-open-batch');
  const batch = await store.openBatch(
    {
      batchId,
      asset,
      receiptSeed,
      receiptAddress: rail.receiptAddress(receiptSeed),
      costLamports: plan.costLamports,
      createdAtMs: nowMs,
    },
    plan.take.map((payout) => payout.payoutId),
    plan.take.map((payout) => payoutEvent('payout.batched', payout, nowMs, { signature: null })),
  );
  context.fp('after-open-batch');
  if (batch !== null) report.opened += 1;
  return batch;
}

async function holdPayouts(
  { store, clock }: PayoutContext,
  due: readonly PayoutRow[],
  plan: PayoutPlan,
  report: StepReport,
): Promise<void> {
  if (plan.hold.length === 0) return;
  const nowMs = clock.nowMs();
  const reasons = new Map(plan.hold.map(({ payoutId, reason }) => [payoutId, reason]));
  const events = due.flatMap((payout) => {
    const holdReason = reasons.get(payout.payoutId);
    return holdReason === undefined
      ? []
      : [payoutEvent('payout.held', payout, nowMs, { signature: null, holdReason })];
  });
  await store.holdPayouts(plan.hold, events);
  report.held += plan.hold.length;
}

/** Too small alone: they wait for more of their wallet, and nobody behind them waits with them. */
async function parkPayouts(
  { store, clock, settings }: PayoutContext,
  plan: PayoutPlan,
): Promise<boolean> {
  const parked = plan.wait.filter(({ reason }) => reason !== 'next_batch');
  if (parked.length === 0) return false;
  await store.parkPayouts(parked, clock.nowMs() + settings.parkMs);
  return true;
}

/**
 * Fees and rent are the operator's to pay, never the users': what the operator put in and earned,
 * less what was spent, must cover every batch on its way and this one.
 */
async function capitalProblem(
  context: PayoutContext,
  costLamports: BaseUnits,
  open: readonly BatchRow[],
): Promise<string | null> {
  const { store, settings } = context;
  const [capital, revenue, spent, rent] = await Promise.all([
    store.ledgerBalance(operatorCapital, 'SOL'),
    store.ledgerBalance(feeRevenue, 'SOL'),
    store.ledgerBalance(feeNetwork, 'SOL'),
    store.ledgerBalance(rentFloat, 'SOL'),
  ]);
  const committed = open.reduce((sum, batch) => sum + batch.costLamports, 0n);
  const left = capital + revenue - spent - rent - committed;
  const missing = costLamports - left;
  const isLow = left < costLamports * settings.warnBelowBatches;
  context.warning = isLow ? lowCapital(left, costLamports) : null;
  if (missing <= 0n) return null;
  return `operator capital too low: ${formatAmount(missing, 'SOL')} SOL more are needed for fees and rent`;
}

function lowCapital(left: bigint, costLamports: bigint): string {
  const batches = left < costLamports ? 0n : left / costLamports;
  const has = formatAmount(left < 0n ? 0n : left, 'SOL');
  return (
    `Operator capital is low: ${has} SOL are left for fees and rent, ` +
    `enough for ${batches} more payout transactions. Send SOL to the treasury as operator capital.`
  );
}

function paymentsOnTheirWay(asset: Asset, open: readonly BatchRow[]) {
  return open
    .filter((batch) => batch.asset === asset)
    .map(({ receiptSeed, payouts }) => ({
      receiptSeed,
      amount: payouts.reduce((sum, payout) => sum + payout.amount, 0n),
    }));
}

function reservedBy(open: readonly BatchRow[]): Record<Asset, BaseUnits> {
  const reserved: Record<Asset, BaseUnits> = { SOL: zero, USDC: zero };
  for (const batch of open) {
    const owed = batch.payouts.reduce((sum, payout) => sum + payout.amount, 0n);
    reserved[batch.asset] = baseUnits(reserved[batch.asset] + owed);
    reserved.SOL = baseUnits(reserved.SOL + batch.costLamports);
  }
  return reserved;
}
