import { setImmediate } from 'node:timers/promises';
import { MarketError, toProblem } from '@node3/shared/error';
import { isTerminalJob, jobStates } from '@node3/shared/job-state';
import { limits } from '@node3/shared/limits';
import type { CancelRow, JobFilter } from '@node3/shared/routes/job-bulk';
import type { JobRow } from '../store/rows.ts';
import { cancelJob } from './cancel-job.ts';
import type { JobChangeDeps } from './change-job.ts';
import { findOwnJob } from './read-job.ts';

export interface CancelJobsInput {
  accountId: string;
  jobIds?: string[];
  filter?: JobFilter;
  cursor?: string;
}

const openStates = jobStates.filter((state) => !isTerminalJob(state));

/** Cancels many jobs in one turn, so that they share a commit, and answers for each one. */
export async function cancelJobs(
  deps: JobChangeDeps,
  input: CancelJobsInput,
): Promise<{ data: CancelRow[]; nextCursor: string | null }> {
  const { accountId, jobIds, filter } = input;
  if ((jobIds === undefined) === (filter === undefined)) {
    const detail = 'is needed, or filter, and not both';
    throw new MarketError('REQUEST_INVALID', { errors: [{ pointer: '/jobIds', detail }] });
  }
  if (jobIds !== undefined) {
    const data = await Promise.all(
      [...new Set(jobIds)].map((jobId) => answer(jobId, () => cancelOwn(deps, jobId, accountId))),
    );
    return { data, nextCursor: null };
  }
  const found = await findMatching(deps, accountId, filter ?? {}, input.cursor ?? null);
  const data = await Promise.all(
    found.jobIds.map((jobId) => answer(jobId, () => cancelJob(deps, jobId, 'requester'))),
  );
  return { data, nextCursor: found.nextCursor };
}

async function cancelOwn(deps: JobChangeDeps, jobId: string, accountId: string): Promise<JobRow> {
  await findOwnJob(deps, jobId, accountId);
  return cancelJob(deps, jobId, 'requester');
}

async function answer(jobId: string, cancel: () => Promise<JobRow>): Promise<CancelRow> {
  try {
    const { state } = await cancel();
    return { jobId, state };
  } catch (error) {
    if (!(error instanceof MarketError) || error.status >= 500) throw error;
    return { jobId, problem: toProblem(error) };
  }
}

/** Newest first. Stops after so many found, or looked at; the cursor then is where to go on. */
async function findMatching(
  { store }: Pick<JobChangeDeps, 'store'>,
  accountId: string,
  { states = openStates, labels = {} }: JobFilter,
  cursor: string | null,
): Promise<{ jobIds: string[]; nextCursor: string | null }> {
  const jobIds: string[] = [];
  const open = states.filter((state) => openStates.includes(state));
  let beforeJobId = cursor;
  for (let looked = 0; looked < limits.jobsPerCancelScan; looked += limits.listPageMax) {
    const limit = limits.listPageMax;
    const page = await store.listJobs({ accountId, states: open, beforeJobId, limit });
    for (const { jobId, spec } of page) {
      if (Object.entries(labels).some(([name, value]) => spec.labels[name] !== value)) continue;
      if (jobIds.length === limits.jobsPerCancel) return { jobIds, nextCursor: beforeJobId };
      jobIds.push(jobId);
      beforeJobId = jobId;
    }
    if (page.length < limit) return { jobIds, nextCursor: null };
    beforeJobId = page.at(-1)?.jobId ?? null;
    // Specs can be large: nobody else waits for more than one page of them.
    await setImmediate();
  }
  return { jobIds, nextCursor: beforeJobId };
}
