import type { StoreObserver } from './store-observer.ts';

/** One observer for several: each hears of everything, in their order. More may be added later. */
export function combineObservers(observers: readonly StoreObserver[]): Required<StoreObserver> {
  return {
    jobPosted(job) {
      for (const observer of observers) observer.jobPosted?.(job);
    },
    jobRefused(job) {
      for (const observer of observers) observer.jobRefused?.(job);
    },
    jobLeased(job, execution) {
      for (const observer of observers) observer.jobLeased?.(job, execution);
    },
    jobChanged(from, outcome) {
      for (const observer of observers) observer.jobChanged?.(from, outcome);
    },
    transfersPosted(transfers) {
      for (const observer of observers) observer.transfersPosted?.(transfers);
    },
    depositsCredited(deposits) {
      for (const observer of observers) observer.depositsCredited?.(deposits);
    },
    attemptStored(attempt) {
      for (const observer of observers) observer.attemptStored?.(attempt);
    },
    batchesRead(batches) {
      for (const observer of observers) observer.batchesRead?.(batches);
    },
    batchChanged(change) {
      for (const observer of observers) observer.batchChanged?.(change);
    },
    webhookAttempted(outcome) {
      for (const observer of observers) observer.webhookAttempted?.(outcome);
    },
    agentsRead(agents) {
      for (const observer of observers) observer.agentsRead?.(agents);
    },
  };
}
