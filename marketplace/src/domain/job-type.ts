import { type JobSpec, languages } from '@node3/shared/job-spec';

/** What a job runs, coarsely: `container`, or the language of a script. */
export const jobTypes = ['container', ...languages] as const;
export type JobType = (typeof jobTypes)[number];

export function jobTypeOf({ workload }: Pick<JobSpec, 'workload'>): JobType {
  return workload.kind === 'script' ? workload.language : workload.kind;
}
