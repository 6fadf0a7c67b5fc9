import { eventNames } from '@node3/shared/events';
import { oneOrOther } from '@node3/shared/metrics';
import type { Store } from '../store/store.ts';
import type { MarketplaceMetrics } from './marketplace-metrics.ts';
import type { StoreObserver } from './store-observer.ts';

const outcomes = { delivered: 'delivered', failed: 'failed', pending: 'retried' } as const;
const eventTypes: ReadonlySet<string> = new Set(eventNames);

/** Counts the attempts of the process that has the webhooks' lease. */
export function webhookMetrics(metrics: MarketplaceMetrics): StoreObserver {
  return {
    webhookAttempted({ delivery, attempt, state }) {
      metrics.count('node3_webhook_deliveries_total', { outcome: outcomes[state] });
      const labels = { event_type: oneOrOther(delivery.type, eventTypes) };
      const seconds = attempt.latencyMs / 1_000;
      metrics.observe('node3_webhook_delivery_duration_seconds', labels, seconds);
    },
  };
}

/** The store's own count, the same on every replica. */
export async function showBacklog(
  metrics: MarketplaceMetrics,
  store: Pick<Store, 'pendingDeliveries'>,
): Promise<void> {
  const waiting = await store.pendingDeliveries();
  const value = waiting.reduce((sum, { pending }) => sum + pending, 0);
  metrics.show('node3_webhook_backlog', [{ labels: {}, value }]);
}
