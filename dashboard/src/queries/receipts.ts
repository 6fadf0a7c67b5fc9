import { listJobs } from '@node3/shared/routes/jobs';
import { getReceipt, getReceiptKey } from '@node3/shared/routes/receipts';
import { queryOptions } from '@tanstack/react-query';
import type { App } from '../app-context.tsx';

/** Jobs that ended, which is when they have a receipt. */
export function endedJobsQuery({ client }: App, state: string, cursor: string | undefined) {
  return queryOptions({
    queryKey: ['own', 'jobs', 'ended', state, cursor ?? ''],
    queryFn: ({ signal }) => {
      const query = { state, limit: 25, ...(cursor === undefined ? {} : { cursor }) };
      return client.call(listJobs, { query }, { signal });
    },
  });
}

export function receiptQuery({ client }: App, jobId: string) {
  return queryOptions({
    queryKey: ['own', 'receipt', jobId],
    queryFn: ({ signal }) => client.call(getReceipt, { params: { jobId } }, { signal }),
  });
}

export function receiptKeyQuery({ client }: App) {
  return queryOptions({
    queryKey: ['receipt-key'],
    queryFn: ({ signal }) => client.call(getReceiptKey, {}, { signal }),
    staleTime: 600_000,
  });
}
