import { isTerminalJob } from '@node3/shared/job-state';
import type { ExecutionRow, JobRow } from '../../store/rows.ts';

/** What is wrong about jobs that wait for others, in sentences. */
export function dependencyProblems(
  jobs: ReadonlyMap<string, JobRow>,
  executions: ReadonlyMap<string, readonly ExecutionRow[]>,
): string[] {
  return [...jobs.values()].flatMap((job) =>
    job.spec.after.flatMap(({ jobId: neededId, condition }) => {
      const needed = jobs.get(neededId);
      const { jobId } = job;
      if (needed === undefined) return [`${jobId} waits for ${neededId}, which is not there`];
      const began = executions.get(jobId) ?? [];
      const isEarly = began.some(
        ({ leasedAtMs }) => needed.finishedAtMs === null || leasedAtMs < needed.finishedAtMs,
      );
      const isUnmet = condition === 'succeeded' && needed.state !== 'succeeded';
      return [
        ...(isEarly ? [`${jobId} began before ${neededId} ended`] : []),
        ...(isUnmet && began.length > 0 ? [`${jobId} began though ${neededId} failed`] : []),
        ...hiddenFailure(job, needed, isUnmet),
      ];
    }),
  );
}

/** Whoever fails for what it needed needed something that failed. */
function hiddenFailure(job: JobRow, needed: JobRow, isUnmet: boolean): string[] {
  if (job.reason !== 'dependency_failed' || job.spec.after.length !== 1) return [];
  if (isUnmet && isTerminalJob(needed.state)) return [];
  return [`${job.jobId} ended as if ${needed.jobId} had failed, which is ${needed.state}`];
}
