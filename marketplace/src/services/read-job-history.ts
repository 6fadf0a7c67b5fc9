import { setImmediate } from 'node:timers/promises';
import { limits } from '@node3/shared/limits';
import type { Store } from '../store/store.ts';
import type { EndedSum } from '../store/usage-store.ts';

/**
 * Jobs of an account that ended in a time, in sums of one span, state and provider each. Reads in
 * slices that nobody else has to wait for; null when there are more than one answer may read.
 */
export async function readJobHistory(
  { store }: { store: Pick<Store, 'endedSums'> },
  search: { accountId: string; fromMs: number; beforeMs: number; spanMs: number },
): Promise<EndedSum[] | null> {
  const sums: EndedSum[] = [];
  let fromMs: number | null = search.fromMs;
  for (let reads = 0; fromMs !== null; reads += 1) {
    if (reads === limits.usageReadsMax) return null;
    const jobsMax = limits.usageJobsPerRead;
    const slice: Awaited<ReturnType<Store['endedSums']>> = await store.endedSums({
      ...search,
      fromMs,
      jobsMax,
    });
    sums.push(...slice.sums);
    fromMs = slice.nextMs;
    await setImmediate();
  }
  return sums;
}
