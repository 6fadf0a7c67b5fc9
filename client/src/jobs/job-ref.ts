import { part } from '../http/transport.ts';
import type { EndedJob, Job } from '../types/job.ts';
import type { JobState } from '../types/job-spec.ts';

/** A job by its id, or as any answer has it. One that was paid for by x402 brings its own key. */
export type JobRef = string | { jobId: string; jobToken?: string };

/** The path of a job, or of what is below it, and the key for it. */
export function callOf(job: JobRef, below = ''): { path: string; token?: string } {
  const { jobId, jobToken } = typeof job === 'string' ? { jobId: job } : job;
  const path = `/api/v1/jobs/${part(jobId)}${below}`;
  return jobToken === undefined ? { path } : { path, token: jobToken };
}

const ends: readonly JobState[] = ['succeeded', 'failed', 'cancelled', 'timed_out', 'expired'];

/** Whether a job is over: nothing about it changes any more but its payout. */
export function isEnded(job: Job): job is EndedJob {
  return ends.includes(job.state);
}
