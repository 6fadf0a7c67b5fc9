import type { AttemptOutcome } from '@node3/shared/settlement-state';
import type { LateAttempt, ReclaimRow } from '../store/payout-store.ts';
import type { Transfer } from '../store/rows.ts';
import type { PayoutContext, StepReport } from './payout-context.ts';
import { feeTransfer, rentReturnTransfer } from './payout-postings.ts';

/** Receipts emptied by one transaction: 110 bytes each, so that nine just fit. */
const receiptsPerReclaim = 8;
/** Attempts looked at per turn. */
const attemptsPerTurn = 100;
/** Blocks after expiry before an attempt counts as gone: nodes may lag behind each other. */
const expiryMarginBlocks = 150;

/**
 * Tidies up behind ended batches: finds out what became of superseded attempts (one that failed
 * still cost a fee), then brings the receipts' rent back. A receipt is emptied only when no attempt
 * of its batch can land any more and no backup in use can be older than it.
 */
export async function tidyEndedBatches(context: PayoutContext, report: StepReport): Promise<void> {
  const { store, rail } = context;
  const observation = await rail.observe({ receiptAddresses: [], signatures: [] });
  const blockHeight = observation.blockHeightMin;
  await resolveLateAttempts(context, blockHeight);
  const open = await store.openReclaims();
  for (const reclaim of open) await followReclaim(context, reclaim, blockHeight, report);
  if (open.length === 0) await startReclaim(context);
}

async function resolveLateAttempts(context: PayoutContext, blockHeight: number): Promise<void> {
  const { store, rail, clock } = context;
  const outcomes: { signature: string; outcome: AttemptOutcome }[] = [];
  const transfers: Transfer[] = [];
  for (const attempt of await store.unresolvedAttempts(attemptsPerTurn)) {
    const { signature, raw, lastValidBlockHeight } = attempt;
    const fate = await rail.fate({ signature, raw, wallets: [] });
    if (fate !== null) {
      outcomes.push({ signature, outcome: fate.outcome });
      transfers.push(feeTransfer(signature, fate.feeLamports));
    } else if (
      blockHeight > lastValidBlockHeight + expiryMarginBlocks &&
      (await isGone(context, attempt))
    ) {
      outcomes.push({ signature, outcome: 'expired' });
    }
  }
  if (outcomes.length === 0) return;
  await store.resolveAttempts({ outcomes, transfers, nowMs: clock.nowMs() });
}

async function isGone({ rail }: PayoutContext, attempt: LateAttempt): Promise<boolean> {
  const { signature, receiptAddress, landedSignature } = attempt;
  if (landedSignature === null) return false;
  return rail.isGone({ signature, receiptAddress, landedSignature });
}

async function startReclaim(context: PayoutContext): Promise<void> {
  const { store, rail, clock, settings, log } = context;
  const settledBeforeMs = clock.nowMs() - settings.receiptKeptMs;
  const batches = await store.reclaimableBatches(settledBeforeMs, receiptsPerReclaim);
  const receipts = batches.flatMap(({ receiptSeed, receiptRent }) =>
    receiptRent === null ? [] : [{ receiptSeed, receiptRent }],
  );
  if (receipts.length === 0) return;
  const result = await rail.sign({ kind: 'reclaim', receipts });
  if ('rejected' in result) {
    log.warn({ rejected: result.rejected, receipts: receipts.length }, 'reclaim would fail');
    return;
  }
  const { signed } = result;
  const createdAtMs = clock.nowMs();
  const row = { ...signed, batchId: null, kind: 'reclaim' as const, attempt: 1, createdAtMs };
  await store.openReclaim(
    row,
    batches.map((batch) => batch.batchId),
  );
  context.fp('after-reclaim-persist');
  await rail.send(signed.raw);
  context.fp('after-reclaim-send');
}

async function followReclaim(
  context: PayoutContext,
  { attempt, batches }: ReclaimRow,
  blockHeight: number,
  report: StepReport,
): Promise<void> {
  const { store, rail, clock } = context;
  const { signature, raw } = attempt;
  const fate = await rail.fate({ signature, raw, wallets: [] });
  if (fate === null) {
    if (blockHeight <= attempt.lastValidBlockHeight + expiryMarginBlocks) {
      await rail.send(raw);
      return;
    }
    // A transaction that nobody shows may have landed all the same; then its receipts are gone.
    if (!(await areReceiptsThere(context, batches))) return;
    const nowMs = clock.nowMs();
    await store.closeReclaim({ signature, outcome: 'expired', transfers: [], nowMs });
    return;
  }
  const returned =
    fate.outcome === 'failed'
      ? []
      : batches.map((batch) => rentReturnTransfer(batch.batchId, batch.receiptRent, signature));
  await store.closeReclaim({
    signature,
    outcome: fate.outcome,
    transfers: [...returned, feeTransfer(signature, fate.feeLamports)],
    nowMs: clock.nowMs(),
  });
  context.fp('after-reclaim');
  report.reclaimed += returned.length;
}

async function areReceiptsThere(
  { rail }: PayoutContext,
  batches: ReclaimRow['batches'],
): Promise<boolean> {
  const receiptAddresses = batches.map(({ receiptSeed }) => rail.receiptAddress(receiptSeed));
  const { receipts } = await rail.observe({ receiptAddresses, signatures: [] });
  return receiptAddresses.every((address) => receipts.get(address) === 'paid');
}
