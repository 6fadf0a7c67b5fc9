import type { Clock } from '@node3/shared/clock';
import { type Asset, assetDecimals, type BaseUnits } from '@node3/shared/money';
import type { TransferKind } from '@node3/shared/routes/ledger';
import type { Observation } from '../payments/payment-rail.ts';
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

interface OpenBatch {
  asset: Asset;
  /** When its first payment was signed. */
  sinceMs: number | null;
  /** Its payments. */
  signatures: Set<string>;
  /** `before`: nobody has looked since an earlier process signed it. `over`: it was seen as confirmed. */
  watch: 'before' | 'open' | 'over';
}

export interface PaymentObserver extends StoreObserver {
  /** What the chain says of transactions. */
  progressSeen(progress: Observation['progress']): void;
}

/** Counts what becomes of money. */
export function paymentMetrics(
  metrics: MarketplaceMetrics,
  clock: Pick<Clock, 'nowMs'>,
): PaymentObserver {
  const open = new Map<string, OpenBatch>();
  const moved = (kind: Kind, currency: Asset, amount: BaseUnits) => {
    metrics.count('node3_payments_total', { currency, kind, outcome: 'success' });
    metrics.count('node3_payment_amount_total', { currency, kind }, wholeUnits(amount, currency));
  };
  const took = ({ asset, sinceMs }: OpenBatch, commitment: 'confirmed' | 'finalized') => {
    if (sinceMs === null) return;
    const seconds = Math.max(0, clock.nowMs() - sinceMs) / 1_000;
    const labels = { currency: asset, commitment };
    metrics.observe('node3_payment_confirmation_seconds', labels, seconds);
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
        const payments = attempts.filter(({ kind }) => kind === 'pay');
        open.set(batchId, {
          asset,
          sinceMs: payments[0]?.createdAtMs ?? null,
          signatures: new Set(payments.map(({ signature }) => signature)),
          watch: open.get(batchId)?.watch ?? (payments.length === 0 ? 'open' : 'before'),
        });
      }
    },
    attemptStored({ batchId, kind, createdAtMs, signature }) {
      const batch = batchId === null ? undefined : open.get(batchId);
      if (batch === undefined || kind !== 'pay') return;
      batch.sinceMs ??= createdAtMs;
      batch.signatures.add(signature);
    },
    progressSeen(progress) {
      for (const batch of open.values()) {
        if (batch.watch === 'over') continue;
        const seen = commitmentOf(batch, progress);
        // Of what was confirmed at the first look, or is final already, nobody knows since when.
        if (seen === 'confirmed' && batch.watch === 'open') took(batch, seen);
        batch.watch = seen === null ? 'open' : 'over';
      }
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
      if (to === 'posted') took(batch, 'finalized');
      if (to === 'posted' || to === 'void') open.delete(batchId);
    },
  };
}

/** How far a payment of this batch has come that did not fail; null before it is confirmed. */
function commitmentOf(
  { signatures }: OpenBatch,
  progress: Observation['progress'],
): 'confirmed' | 'finalized' | null {
  const landed = [...signatures].flatMap((signature) => {
    const seen = progress.get(signature);
    return seen === undefined || seen.failed ? [] : [seen.commitment];
  });
  if (landed.includes('finalized')) return 'finalized';
  return landed.includes('confirmed') ? 'confirmed' : null;
}

/** For people's eyes only: amounts are exact in the ledger, and a metric is a float. */
export function wholeUnits(amount: BaseUnits, asset: Asset): number {
  return Number(amount) / 10 ** assetDecimals[asset];
}
