import { createMetrics, type Metrics } from '@node3/shared/metrics';
import { metricTable } from './metric-table.ts';

export type MarketplaceMetrics = Metrics<typeof metricTable>;

/** The metrics of one marketplace process, all of them empty. */
export function createMarketplaceMetrics(): MarketplaceMetrics {
  return createMetrics(metricTable);
}
