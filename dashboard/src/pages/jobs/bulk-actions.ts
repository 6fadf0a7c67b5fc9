import type { Client } from '@node3/shared/client';
import type { JobState } from '@node3/shared/job-state';
import { cancelJobs, rerunJob } from '@node3/shared/routes/job-bulk';

/** What became of one job: its state, or that of the job that runs it again; else why not. */
export type BulkResult =
  | { jobId: string; state: JobState; newJobId: string | null }
  | { jobId: string; refused: string };

/** Reruns under way at a time: each is a request of its own. */
const atOnce = 4;

/** All in one request, each answered on its own. */
export async function cancelAll(client: Client, jobIds: string[]): Promise<BulkResult[]> {
  const { data } = await client.call(cancelJobs, { body: { jobIds } });
  return data.map((row) =>
    'problem' in row
      ? { jobId: row.jobId, refused: row.problem.detail }
      : { ...row, newJobId: null },
  );
}

/**
 * Each in a request of its own, with a key of its own: the same `batch` and job never post twice. A
 * refused one does not keep the others from going on.
 */
export async function rerunAll(
  client: Client,
  jobIds: readonly string[],
  batch: string,
): Promise<BulkResult[]> {
  const results: BulkResult[] = [];
  const left = [...jobIds.entries()];
  async function work(): Promise<void> {
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      const [at, jobId] = next;
      results[at] = await rerunOne(client, jobId, `${batch}-${jobId}`);
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work));
  return results;
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
    return { jobId, refused: error instanceof Error ? error.message : String(error) };
  }
}
