import type { Client } from '@node3/shared/client';
import { fromProblem } from '@node3/shared/error';
import type { JobState } from '@node3/shared/job-state';
import { cancelJobs, rerunJob } from '@node3/shared/routes/job-bulk';
import { eachAtOnce } from '../../parts/each-at-once.ts';

/** What became of one job: its state, or that of the job that runs it again; else why not. */
export type BulkResult =
  | { jobId: string; state: JobState; newJobId: string | null }
  | { jobId: string; refused: Error };

/** All in one request, each answered on its own. */
export async function cancelAll(client: Client, jobIds: string[]): Promise<BulkResult[]> {
  const { data } = await client.call(cancelJobs, { body: { jobIds } });
  return data.map((row) =>
    'problem' in row
      ? { jobId: row.jobId, refused: fromProblem(row.problem.status, row.problem) }
      : { ...row, newJobId: null },
  );
}

/**
 * Each in a request of its own, with a key of its own: the same `batch` and job never post twice. A
 * refused one does not keep the others from going on.
 */
export function rerunAll(
  client: Client,
  jobIds: readonly string[],
  batch: string,
): Promise<BulkResult[]> {
  return eachAtOnce(jobIds, (jobId) => rerunOne(client, jobId, `${batch}-${jobId}`));
}

async function rerunOne(
  client: Client,
  jobId: string,
  idempotencyKey: string,
): Promise<BulkResult> {
  try {
    const job = await client.call(rerunJob, { params: { jobId }, body: {} }, { idempotencyKey });
    return { jobId, state: job.state, newJobId: job.jobId };
  } catch (error) {
    return { jobId, refused: error instanceof Error ? error : new Error(String(error)) };
  }
}
