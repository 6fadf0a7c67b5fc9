import { MarketError } from '@node3/shared/error';
import { idPattern } from '@node3/shared/ids';
import type { JobRow } from '../store/rows.ts';
import type { Store } from '../store/store.ts';

const ownId = new RegExp(idPattern('job'));

/** A client's name of a job, as the key under which the same posting is known again. */
export function keyOfClientId(clientId: string): string {
  return `hodei:${clientId}`;
}

/** By our id or by the client's own. Throws JOB_NOT_FOUND, also for a job of somebody else. */
export async function findHodeiJob(
  { store }: { store: Pick<Store, 'job' | 'jobOfKey'> },
  word: string,
  accountId: string,
): Promise<JobRow> {
  const found = ownId.test(word) ? await store.job(word) : null;
  if (found?.accountId === accountId) return found;
  const named = await store.jobOfKey(accountId, keyOfClientId(word));
  if (named !== null) return named;
  throw new MarketError('JOB_NOT_FOUND', { jobId: word });
}
