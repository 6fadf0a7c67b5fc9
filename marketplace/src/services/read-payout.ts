import type { ReplyOf } from '@node3/shared/contract';
import { MarketError } from '@node3/shared/error';
import type { getPayout } from '@node3/shared/routes/payouts';
import { toTimestamp } from '@node3/shared/schema';
import type { BatchRow, PayoutRow } from '../store/payout-store.ts';
import type { LedgerEntryRow } from '../store/rows.ts';
import type { Store } from '../store/store.ts';
import { viewAdminPayout } from './job-views.ts';
import { toLedgerLine } from './ledger-lines.ts';

interface Deps {
  store: Store;
  explorerUrl: (signature: string) => string | null;
}

/** What a payout pays, by which transactions, and what that is in the books. Rejects with PAYOUT_NOT_FOUND. */
export async function readPayout(
  { store, explorerUrl }: Deps,
  payoutId: string,
): Promise<ReplyOf<typeof getPayout>> {
  const payout = await store.payout(payoutId);
  if (payout === null) throw new MarketError('PAYOUT_NOT_FOUND', { payoutId });
  const batch = payout.batchId === null ? null : await store.batch(payout.batchId);
  const entries = await store.ledgerEntriesById(transferIdsOf(payout, batch));
  return {
    ...viewAdminPayout(payout, explorerUrl),
    accountId: payout.accountId,
    owedBy: payout.ledgerAccount,
    batch: batch === null ? null : viewBatch(batch, explorerUrl),
    ledger: entries.filter((entry) => concerns(payout, entry)).map(toLedgerLine),
  };
}

/** As the engine, settlements and withdrawals name their transfers. */
function transferIdsOf(
  { payoutId, jobId, executionId }: PayoutRow,
  batch: BatchRow | null,
): string[] {
  const own = ['wd', 'refund', 'pay', 'wdback', 'refundback'].map((kind) => `${kind}:${payoutId}`);
  const ofBatch = ['rent', 'ata', 'tomb', 'rentback'];
  return [
    ...(jobId === null ? [] : [`cap:${jobId}`]),
    ...(executionId === null ? [] : [`sub:${executionId}`]),
    ...own,
    ...(batch === null ? [] : ofBatch.map((kind) => `${kind}:${batch.batchId}`)),
    ...(batch?.attempts.map(({ signature }) => `fee:${signature}`) ?? []),
  ];
}

/** The last attempt of a job may have been captured for another agent. */
function concerns({ ledgerAccount }: PayoutRow, { kind, credit }: LedgerEntryRow): boolean {
  return kind !== 'capture' || credit === ledgerAccount;
}

function viewBatch(batch: BatchRow, explorerUrl: Deps['explorerUrl']) {
  return {
    batchId: batch.batchId,
    state: batch.state,
    payoutIds: batch.payouts.map(({ payoutId }) => payoutId),
    receiptAddress: batch.receiptAddress,
    createdAt: toTimestamp(batch.createdAtMs),
    settledAt: batch.settledAtMs === null ? null : toTimestamp(batch.settledAtMs),
    attempts: batch.attempts.map(({ signature, kind, attempt, outcome, createdAtMs }) => ({
      signature,
      explorerUrl: explorerUrl(signature),
      kind,
      number: attempt,
      outcome,
      at: toTimestamp(createdAtMs),
    })),
  };
}
