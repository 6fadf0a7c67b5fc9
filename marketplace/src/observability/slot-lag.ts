import type { MarketplaceMetrics } from './marketplace-metrics.ts';
import { endpointOf } from './observability.ts';

/** The newest slot of one endpoint, or null while it does not answer. */
export type ReadSlot = (url: string) => Promise<number | null>;

/** How far each endpoint is behind. One alone has nothing to be compared with. */
export async function showSlotLag(
  metrics: MarketplaceMetrics,
  urls: readonly string[],
  readSlot: ReadSlot,
): Promise<void> {
  if (urls.length < 2) return;
  const slots = await Promise.all(urls.map(readSlot));
  const known = slots.filter((slot) => slot !== null);
  const newest = Math.max(...known);
  metrics.show(
    'node3_solana_slot_lag',
    urls.map((url, index) => {
      const slot = slots[index] ?? null;
      const value = slot === null || known.length < 2 ? null : newest - slot;
      return { labels: { endpoint: endpointOf(url) }, value };
    }),
  );
}
