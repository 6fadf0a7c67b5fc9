import type { Store } from '../store/store.ts';
import type { MarketplaceMetrics } from './marketplace-metrics.ts';

/** The same store with the time of each operation in the metrics. Its methods are the closed list of `op`. */
export function timeStore(store: Store, metrics: MarketplaceMetrics): Store {
  const timed: Record<string, unknown> = { ...store };
  for (const [op, method] of Object.entries(store)) {
    if (op === 'close' || op === 'onEvents') continue;
    timed[op] = timeMethod(op, method as (...values: unknown[]) => Promise<unknown>, metrics);
  }
  return timed as unknown as Store;
}

function timeMethod(
  op: string,
  method: (...values: unknown[]) => Promise<unknown>,
  metrics: MarketplaceMetrics,
) {
  const labels = { op };
  return (...values: unknown[]): Promise<unknown> => {
    const startedMs = performance.now();
    const result = method(...values);
    const note = () =>
      metrics.observe(
        'node3_db_query_duration_seconds',
        labels,
        (performance.now() - startedMs) / 1_000,
      );
    result.then(note, note);
    return result;
  };
}
