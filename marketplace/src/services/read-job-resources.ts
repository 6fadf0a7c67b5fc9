import { isTerminalExecution } from '@node3/shared/execution-state';
import type { JobResources } from '@node3/shared/routes/job-resources';
import { toTimestamp } from '@node3/shared/schema';
import type { ExecutionUsageStore } from '../store/execution-usage-store.ts';
import type { JobStore } from '../store/job-store.ts';
import type { ExecutionRow, JobRow } from '../store/rows.ts';
import type { UsageBook } from './usage-book.ts';
import type { StoredUsage } from './usage-series.ts';

interface Deps {
  store: Pick<JobStore, 'executionsOfJob'> & Pick<ExecutionUsageStore, 'executionUsage'>;
  usageBook: Pick<UsageBook, 'of'>;
}

/** @param attempt null for the latest. */
export async function readJobResources(
  deps: Deps,
  job: JobRow,
  attempt: number | null,
): Promise<JobResources> {
  const { cpus, memoryBytes, gpus } = job.spec.resources;
  const executions = job.attempt === 0 ? [] : await deps.store.executionsOfJob(job.jobId);
  const execution =
    attempt === null
      ? executions.at(-1)
      : executions.find((candidate) => candidate.attempt === attempt);
  const usage = execution === undefined ? null : await readUsage(deps, execution);
  return {
    jobId: job.jobId,
    attempt: execution?.attempt ?? null,
    executionId: execution?.executionId ?? null,
    live: execution !== undefined && !isTerminalExecution(execution.state),
    cpus,
    memoryBytes,
    gpus: gpus?.count ?? 0,
    startedAt: timeOf(execution?.startedAtMs),
    finishedAt: timeOf(execution?.finishedAtMs),
    intervalMs: usage?.intervalMs ?? null,
    points: usage?.points ?? [],
    summary: usage?.summary ?? null,
  };
}

/** What is in memory goes only once it is stored, so it is looked for there first. */
async function readUsage(deps: Deps, { executionId }: ExecutionRow): Promise<StoredUsage | null> {
  const live = deps.usageBook.of(executionId);
  if (live !== null) return live;
  const stored = await deps.store.executionUsage(executionId);
  return stored === null ? null : (JSON.parse(stored) as StoredUsage);
}

function timeOf(atMs: number | null | undefined): string | null {
  return atMs === null || atMs === undefined ? null : toTimestamp(atMs);
}
