import { isTerminalJob, jobStates } from '@node3/shared/job-state';

/** The states of jobs whose price is still held, as the list of jobs takes them. */
export const openStates = jobStates.filter((state) => !isTerminalJob(state)).join(',');

/** Those of jobs that are over. */
export const endedStates = jobStates.filter((state) => isTerminalJob(state)).join(',');
