import { setImmediate } from 'node:timers/promises';
import { limits } from '@node3/shared/limits';
import type { Store } from '../store/store.ts';
import type { EndedSum, EndedTime } from '../store/usage-store.ts';

interface HistorySearch {
  /** null: of everybody. */
  accountId: string | null;
  fromMs: number;
  beforeMs: number;
  spanMs: number;
}

/**
 * Jobs of an account that ended in a time, in sums of one span, state and provider each. Reads in
 * slices that nobody else has to wait for; null when there are more than one answer may read.
 */
export function readJobHistory(
  { store }: { store: Pick<Store, 'endedSums'> },
  search: HistorySearch,
): Promise<EndedSum[] | null> {
  return readSlices(search, async (slice) => {
    const { sums, nextMs } = await store.endedSums(slice);
    return { rows: sums, nextMs };
  });
}

/** How long the same jobs ran and waited, in the same slices. */
export function readJobTimes(
  { store }: { store: Pick<Store, 'endedTimes'> },
  search: HistorySearch,
): Promise<EndedTime[] | null> {
  return readSlices(search, async (slice) => {
    const { times, nextMs } = await store.endedTimes(slice);
    return { rows: times, nextMs };
  });
}

async function readSlices<Row>(
  search: HistorySearch,
  read: (
    slice: HistorySearch & { jobsMax: number },
  ) => Promise<{ rows: Row[]; nextMs: number | null }>,
): Promise<Row[] | null> {
  const all: Row[] = [];
  let fromMs: number | null = search.fromMs;
  for (let reads = 0; fromMs !== null; reads += 1) {
    if (reads === limits.usageReadsMax) return null;
    const { rows, nextMs }: { rows: Row[]; nextMs: number | null } = await read({
      ...search,
      fromMs,
      jobsMax: limits.usageJobsPerRead,
    });
    all.push(...rows);
    fromMs = nextMs;
    await setImmediate();
  }
  return all;
}
