import type { Clock } from '@node3/shared/clock';
import { type Asset, assets, type BaseUnits } from '@node3/shared/money';
import type { X402 } from '../payments/x402-port.ts';
import type { Store } from '../store/store.ts';
import type { LedgerAuditor } from '../workers/ledger-auditor.ts';
import type { MarketplaceMetrics } from './marketplace-metrics.ts';
import { wholeUnits } from './payment-metrics.ts';

export interface MoneyGaugeDeps {
  metrics: MarketplaceMetrics;
  store: Pick<Store, 'ledgerTotals' | 'payoutTotals' | 'duePayouts' | 'openBatches'>;
  clock: Pick<Clock, 'nowMs'>;
  auditor: Pick<LedgerAuditor, 'found'>;
  /** null: nobody pays by x402. */
  x402: Pick<X402, 'feePayerLamports'> | null;
}

/**
 * What is owed, what is there and what waits. What the chain says is as old as the auditor's last
 * look, at most a minute while the chain answers, and for the fee payer as x402's, half a minute;
 * nothing is asked of it here.
 */
export async function showMoney(deps: MoneyGaugeDeps): Promise<void> {
  const { metrics, store } = deps;
  const { balanced, reserves } = deps.auditor.found;
  const totals = await store.ledgerTotals();
  metrics.show('node3_ledger_balanced', [
    { labels: {}, value: balanced === null ? null : Number(balanced) },
  ]);
  metrics.show(
    'node3_escrow_liabilities',
    assets.map((currency) => ({
      labels: { currency },
      value: wholeUnits(totals.liabilities[currency], currency),
    })),
  );
  const balanceOf = (currency: Asset, wallet: string, onChain: BaseUnits | null) => ({
    labels: { currency, wallet },
    value: onChain === null ? null : wholeUnits(onChain, currency),
  });
  metrics.show('node3_wallet_balance', [
    ...assets.map((asset) => balanceOf(asset, 'treasury', reserves?.[asset].onChain ?? null)),
    balanceOf('SOL', 'fee_payer', deps.x402?.feePayerLamports() ?? null),
  ]);
  metrics.show(
    'node3_ledger_imbalance',
    assets.map((currency) => {
      const reserve = reserves?.[currency];
      const isKnown = reserve !== undefined && reserve.onChain !== null;
      return {
        labels: { currency },
        value: isKnown ? wholeUnits(reserve.deficit, currency) : null,
      };
    }),
  );
  await showPending(deps);
}

async function showPending({ metrics, store, clock }: MoneyGaugeDeps): Promise<void> {
  const nowMs = clock.nowMs();
  const [totals, batches] = await Promise.all([store.payoutTotals(), store.openBatches()]);
  metrics.show(
    'node3_payments_pending',
    assets.map((currency) => ({
      labels: { currency },
      value: totals[currency].pendingPayouts,
    })),
  );
  const ages = await Promise.all(
    assets.map(async (asset) => {
      const due = await store.duePayouts({ asset, limit: 1, nowMs });
      const sent = batches.filter((batch) => batch.asset === asset);
      const waiting = [...due, ...sent.flatMap(({ payouts }) => payouts)];
      const oldestMs = Math.min(nowMs, ...waiting.map(({ createdAtMs }) => createdAtMs));
      return { labels: { currency: asset }, value: (nowMs - oldestMs) / 1_000 };
    }),
  );
  metrics.show('node3_payment_oldest_pending_age_seconds', ages);
}
