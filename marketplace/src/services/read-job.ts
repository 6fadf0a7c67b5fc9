import { MarketError } from '@node3/shared/error';
import type { JobDetail, JobSummary } from '@node3/shared/routes/jobs';
import type { JobRow } from '../store/rows.ts';
import type { Store } from '../store/store.ts';
import { viewJob, viewJobDetail } from './job-views.ts';

interface Deps {
  store: Store;
  explorerUrl: (signature: string) => string | null;
}

/** Events shown with a job: its life, not its whole history should it be retried for ever. */
const eventsPerJob = 200;

/** Finds a job of this account. Somebody else's job does not exist for it. */
export async function findOwnJob(
  deps: Pick<Deps, 'store'>,
  jobId: string,
  accountId: string,
): Promise<JobRow> {
  const job = await deps.store.job(jobId);
  if (job === null || job.accountId !== accountId) {
    throw new MarketError('JOB_NOT_FOUND', { jobId });
  }
  return job;
}

/** The job that has the logs, the output and the receipt: another one where a result was reused. */
export async function findJobThatRan(deps: Pick<Deps, 'store'>, job: JobRow): Promise<JobRow> {
  if (job.cachedFrom === null) return job;
  return (await deps.store.job(job.cachedFrom)) ?? job;
}

export async function readJobDetail(deps: Deps, job: JobRow): Promise<JobDetail> {
  const { jobId } = job;
  const { explorerUrl } = deps;
  const waitsForNone = job.spec.after.length === 0;
  // What nobody has taken yet has no executions, and nobody earns anything with it.
  const wasTaken = job.attempt > 0;
  if (!wasTaken && waitsForNone && job.cachedFrom === null) {
    const events = await deps.store.eventsOfJob(jobId, eventsPerJob);
    const none = { dependencies: [], executions: [], payout: null };
    return viewJobDetail({ job, ran: job, events, explorerUrl, ...none });
  }
  const [ran, dependencies, executions, events, payouts] = await Promise.all([
    findJobThatRan(deps, job),
    waitsForNone ? [] : deps.store.dependenciesOf(jobId),
    wasTaken ? deps.store.executionsOfJob(jobId) : [],
    deps.store.eventsOfJob(jobId, eventsPerJob),
    wasTaken ? deps.store.payoutsOfJobs([jobId]) : null,
  ]);
  const payout = payouts?.get(jobId) ?? null;
  return viewJobDetail({ job, ran, dependencies, executions, events, payout, explorerUrl });
}

export async function summariseJobs(
  deps: Pick<Deps, 'store'>,
  jobs: JobRow[],
): Promise<JobSummary[]> {
  const [payouts, executions] = await Promise.all([
    deps.store.payoutsOfJobs(jobs.map((job) => job.jobId)),
    deps.store.executionsById(
      jobs.flatMap((job) => (job.executionId === null ? [] : [job.executionId])),
    ),
  ]);
  return jobs.map((job) =>
    viewJob(
      job,
      job.executionId === null ? null : (executions.get(job.executionId) ?? null),
      payouts.get(job.jobId) ?? null,
    ),
  );
}
