import type { Clock } from '@node3/shared/clock';
import type { PaymentRail } from '../payments/payment-rail.ts';
import type { Store } from '../store/store.ts';
import { AgentVersions } from './agent-versions.ts';
import { combineObservers } from './combine-observers.ts';
import { jobMetrics } from './job-metrics.ts';
import { createMarketplaceMetrics, type MarketplaceMetrics } from './marketplace-metrics.ts';
import type { Measures } from './measures.ts';
import { observeRail } from './observe-rail.ts';
import { observeStore } from './observe-store.ts';
import { paymentMetrics } from './payment-metrics.ts';
import type { StoreObserver } from './store-observer.ts';
import { StreamCounts } from './stream-counts.ts';
import { timeStore } from './time-store.ts';
import { webhookMetrics } from './webhook-metrics.ts';

/** One call to one endpoint of the chain, as far as it is measured. */
export interface ChainCall {
  url: string;
  method: string;
  seconds: number;
  outcome: 'answered' | 'failed';
}

/** The metrics of one process, and where each part of it leaves its numbers. */
export interface Observability {
  readonly metrics: MarketplaceMetrics;
  readonly measures: Measures;
  readonly versions: AgentVersions;
  /** The same store, watched. Everything else gets this one. */
  watch(store: Store): Store;
  /** The same rail, watched. The payout engine gets this one. */
  watchRail(rail: PaymentRail): PaymentRail;
  /** Lets somebody else hear too, from now on. */
  addObserver(observer: StoreObserver): void;
  chainCalled(call: ChainCall): void;
}

export function createObservability(clock: Pick<Clock, 'nowMs'>): Observability {
  const metrics = createMarketplaceMetrics();
  const versions = new AgentVersions();
  const payments = paymentMetrics(metrics, clock);
  const observers: StoreObserver[] = [
    jobMetrics(metrics),
    payments,
    webhookMetrics(metrics),
    { agentsRead: versions.agentsRead },
  ];
  return {
    metrics,
    versions,
    measures: {
      heartbeat: () => metrics.count('node3_agent_heartbeats_total', {}),
      searched: (seconds) => metrics.observe('node3_match_duration_seconds', {}, seconds),
      refused: (reason) => metrics.count('node3_auth_failures_total', { reason }),
      streams: new StreamCounts(),
    },
    watch: (store) => timeStore(observeStore(store, combineObservers(observers)), metrics),
    watchRail: (rail) => observeRail(rail, (progress) => payments.progressSeen(progress)),
    addObserver: (observer) => observers.push(observer),
    chainCalled({ url, method, seconds, outcome }) {
      const labels = { method, endpoint: endpointOf(url) };
      metrics.count('node3_solana_rpc_calls_total', labels);
      if (outcome === 'failed') metrics.count('node3_solana_rpc_errors_total', labels);
      metrics.observe('node3_solana_rpc_duration_seconds', labels, seconds);
    },
  };
}

/** The host alone: paths and queries of endpoints are often keys. */
export function endpointOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : 'other';
}
