import { isTerminalJob, type JobState, jobStates } from '@node3/shared/job-state';
import { usageError } from '../command-error.ts';

/** Reads `running,queued`, or `active` for all that are not over. */
export function parseStates(text: string): JobState[] {
  if (text === 'active') return jobStates.filter((state) => !isTerminalJob(state));
  return text.split(',').map((word) => {
    const state = jobStates.find((known) => known === word.trim());
    if (state !== undefined) return state;
    const fix = `Write active, or: ${jobStates.join(', ')}.`;
    throw usageError(`--state "${word.trim()}" is no state.`, fix);
  });
}
