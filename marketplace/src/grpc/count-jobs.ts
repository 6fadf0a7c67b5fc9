import type { JobState } from '@node3/shared/job-state';
import type { Overview } from '@node3/shared/routes/marketplace';

/** How many jobs there are in each of the five states that Hodei's queue counts. */
export function countJobs(jobs: Overview['jobs']) {
  const count = (...states: JobState[]) =>
    states.reduce((sum, state) => sum + (jobs[state] ?? 0), 0);
  return {
    pending: count('awaiting_funds', 'queued'),
    running: count('assigned', 'running'),
    completed: count('succeeded'),
    failed: count('failed', 'timed_out', 'expired'),
    cancelled: count('cancelled'),
  };
}
