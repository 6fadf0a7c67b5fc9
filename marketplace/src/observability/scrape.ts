import type { Clock } from '@node3/shared/clock';
import type { Logger } from '@node3/shared/logger';
import type { MarketplaceMetrics } from './marketplace-metrics.ts';

/** A reading that is made when somebody asks, and not again for a while. */
export interface Reading {
  name: string;
  /** Shown as they are to whoever asks within this time, milliseconds. */
  everyMs: number;
  show(): Promise<void> | void;
}

/** How long an answer waits for readings; one that hangs keeps its last values. */
const waitMs = 2_000;

/** The text of a scrape. Those who ask at the same time share the readings. */
export function createScrape(
  {
    metrics,
    clock,
    log,
  }: { metrics: MarketplaceMetrics; clock: Pick<Clock, 'monotonicMs'>; log: Logger },
  readings: readonly Reading[],
): () => Promise<string> {
  const last = new Map<Reading, { atMs: number; done: Promise<void> }>();
  const read = async (reading: Reading) => {
    try {
      await reading.show();
    } catch (error) {
      log.warn({ err: error, reading: reading.name }, 'metrics could not be read');
    }
  };
  const refresh = (reading: Reading): Promise<void> => {
    const nowMs = clock.monotonicMs();
    const known = last.get(reading);
    if (known !== undefined && nowMs - known.atMs < reading.everyMs) return known.done;
    const done = read(reading);
    last.set(reading, { atMs: nowMs, done });
    return done;
  };
  return async () => {
    const late = Promise.withResolvers<void>();
    const timer = setTimeout(late.resolve, waitMs);
    await Promise.race([Promise.all(readings.map(refresh)), late.promise]);
    clearTimeout(timer);
    return metrics.registry.metrics();
  };
}
