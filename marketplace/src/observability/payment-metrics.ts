import type { Clock } from '@node3/shared/clock';
import { type Asset, assetDecimals, type BaseUnits } from '@node3/shared/money';
import type { TransferKind } from '../store/rows.ts';
import type { MarketplaceMetrics } from './marketplace-metrics.ts';
import type { StoreObserver } from './store-observer.ts';

type Kind = 'hold' | 'payout' | 'refund' | 'deposit';

/** Transfers that are movements of money as people see them; the rest is bookkeeping. */
const kindOfTransfer: Partial<Record<TransferKind, Kind>> = {
  hold: 'hold',
  payout: 'payout',
  release: 'refund',
};

/** Batches whose first signing is remembered: many more than are ever open. */
const batchesMax = 10_000;

/** Counts what becomes of money. */
export function paymentMetrics(
  metrics: MarketplaceMetrics,
  clock: Pick<Clock, 'nowMs'>,
): StoreObserver {
  /** Asset and time of the first signed payment of each open batch. */
  const open = new Map<string, { asset: Asset; sinceMs: number | null }>();
  const moved = (kind: Kind, currency: Asset, amount: BaseUnits) => {
    metrics.count('node3_payments_total', { currency, kind, outcome: 'success' });
    metrics.count('node3_payment_amount_total', { currency, kind }, wholeUnits(amount, currency));
  };
  return {
    jobRefused({ asset }) {
      metrics.count('node3_payments_total', { currency: asset, kind: 'hold', outcome: 'refused' });
    },
    transfersPosted(transfers) {
      for (const { kind, asset, amount } of transfers) {
        const moving = kindOfTransfer[kind];
        if (moving !== undefined && amount > 0n) moved(moving, asset, amount);
      }
    },
    depositsCredited(deposits) {
      for (const { asset, amount } of deposits) moved('deposit', asset, amount);
    },
    batchesRead(batches) {
      for (const { batchId, asset, attempts } of batches) {
        if (open.size >= batchesMax) return;
        const [first] = attempts.filter(({ kind }) => kind === 'pay');
        open.set(batchId, { asset, sinceMs: first?.createdAtMs ?? null });
      }
    },
    attemptStored({ batchId, kind, createdAtMs }) {
      const batch = batchId === null ? undefined : open.get(batchId);
      if (batch !== undefined && kind === 'pay') batch.sinceMs ??= createdAtMs;
    },
    batchChanged({ batchId, to, payouts }) {
      const batch = open.get(batchId);
      if (batch === undefined) return;
      const currency = batch.asset;
      const held = payouts.filter(({ state }) => state === 'held').length;
      const failed = { currency, kind: 'payout', outcome: 'held' };
      if (held > 0) metrics.count('node3_payments_total', failed, held);
      if (to === 'void') {
        metrics.count('node3_payments_total', { currency, kind: 'payout', outcome: 'voided' });
      }
      if (to === 'posted' && batch.sinceMs !== null) {
        const labels = { currency, commitment: 'finalized' };
        const seconds = Math.max(0, clock.nowMs() - batch.sinceMs) / 1_000;
        metrics.observe('node3_payment_confirmation_seconds', labels, seconds);
      }
      if (to === 'posted' || to === 'void') open.delete(batchId);
    },
  };
}

/** For people's eyes only: amounts are exact in the ledger, and a metric is a float. */
export function wholeUnits(amount: BaseUnits, asset: Asset): number {
  return Number(amount) / 10 ** assetDecimals[asset];
}
