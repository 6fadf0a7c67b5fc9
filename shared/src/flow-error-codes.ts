import type { ErrorDefinition } from './error-codes.ts';

/** What goes wrong with flows and in their steps; part of the one table of errors. */
export const flowErrorCodes = {
  FLOW_NOT_FOUND: {
    status: 404,
    title: 'There is no such flow, or no such version of it',
    fix: 'Check the id; you see only flows of your own account.',
    retry: 'never',
  },
  RUN_NOT_FOUND: {
    status: 404,
    title: 'There is no such run',
    fix: 'Check the id; you see only runs of your own account, the newest ones.',
    retry: 'never',
  },
  RUN_STATE_INVALID: {
    status: 409,
    title: 'The run is in a state that does not allow this',
    fix: 'Read the run; its status and error say what happened.',
    retry: 'never',
  },
  NODE_TIMEOUT: {
    status: 504,
    title: 'A step took longer than it may',
    fix: 'Make what it calls faster, or let a job do it, which has a limit of its own.',
    retry: 'never',
  },
  RUN_TIMEOUT: {
    status: 504,
    title: 'The whole run took longer than it may',
    fix: 'Start it again with a larger timeout_seconds.',
    retry: 'never',
  },
  RUN_CANCELLED: {
    status: 409,
    title: 'The run was cancelled while this step was running',
    fix: 'Rerun it, from this step on if the others need not be done again.',
    retry: 'never',
  },
  STEP_INTERRUPTED: {
    status: 502,
    title: 'The marketplace stopped while this request was under way',
    fix: 'Look at the receiver whether it was done, then rerun; with "idempotent": true the step is repeated by itself.',
    retry: 'never',
  },
  STEP_ABORTED: {
    status: 409,
    title: 'Another step failed while this one was running',
    fix: 'Look at the step with the error of the run.',
    retry: 'never',
  },
  STEP_OUTPUT_TOO_LARGE: {
    status: 422,
    title: 'The output of a step is too large',
    fix: 'Keep only what later steps need, or leave the data in an artifact of a job.',
    retry: 'never',
  },
  STEP_REQUEST_FAILED: {
    status: 502,
    title: 'The server answered a step with an error',
    fix: 'Look at the status in the context; allowErrorStatus takes any answer as output.',
    retry: 'never',
  },
  STEP_JOB_FAILED: {
    status: 502,
    title: 'The job of a step did not succeed',
    fix: 'Read the job; its reason and its log say what happened.',
    retry: 'never',
  },
} as const satisfies Record<string, ErrorDefinition>;
