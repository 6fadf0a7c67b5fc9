import type { SettlementRow } from './settlement-table.ts';
import { isTerminalIn, type Transitions } from './state-machine.ts';

export const jobStates = [
  'awaiting_funds',
  'queued',
  'assigned',
  'running',
  'succeeded',
  'failed',
  'cancelled',
  'timed_out',
  'expired',
] as const;
export type JobState = (typeof jobStates)[number];

export const jobTransitions: Transitions<JobState> = {
  awaiting_funds: ['queued', 'cancelled', 'expired'],
  queued: ['assigned', 'failed', 'cancelled', 'expired'],
  assigned: ['queued', 'running', 'succeeded', 'failed', 'cancelled', 'timed_out'],
  running: ['queued', 'succeeded', 'failed', 'cancelled', 'timed_out'],
  succeeded: [],
  failed: [],
  cancelled: [],
  timed_out: [],
  expired: [],
};

export function isTerminalJob(state: JobState): boolean {
  return isTerminalIn(jobTransitions, state);
}

export const faults = ['requester', 'provider', 'platform', 'none'] as const;
/** Who pays when it breaks. `platform` is the marketplace itself. */
export type Fault = (typeof faults)[number];

interface ReasonDefinition {
  fault: Fault;
  /** The row of the published table that divides the money. */
  settles: SettlementRow;
  /** One sentence for a person: what happened. */
  sentence: string;
  /** What to do about it. */
  action: string;
  /** Whether another attempt on another agent may help. */
  retry: 'yes' | 'no';
}

/** Why a job or an execution is where it is. A closed list: new causes get a new word here. */
export const reasons = {
  exited: {
    fault: 'none',
    settles: 'success',
    sentence: 'The program ended with exit code 0.',
    action: 'Read the output.',
    retry: 'no',
  },
  nonzero_exit: {
    fault: 'requester',
    settles: 'requester_run',
    sentence: 'The program ended with an exit code other than 0.',
    action: 'Read the last lines of stderr.',
    retry: 'no',
  },
  out_of_memory: {
    fault: 'requester',
    settles: 'requester_run',
    sentence: 'The program used more memory than the job allows.',
    action: 'Raise resources.memoryBytes.',
    retry: 'no',
  },
  run_timeout: {
    fault: 'requester',
    settles: 'requester_run',
    sentence: 'The program ran longer than its time limit and was stopped.',
    action: 'Raise the timeout (limits.runSec) or make the program faster.',
    retry: 'no',
  },
  cap_reached: {
    fault: 'requester',
    settles: 'requester_run',
    sentence: 'The run used up the cap of the job and was stopped.',
    action: 'Raise price.cap, or make the program faster.',
    retry: 'no',
  },
  no_progress: {
    fault: 'requester',
    settles: 'requester_run',
    sentence: 'The program wrote no line for longer than the job allows and was stopped.',
    action: 'Let it write a line from time to time, or raise limits.progressSec.',
    retry: 'no',
  },
  disk_exceeded: {
    fault: 'requester',
    settles: 'requester_run',
    sentence: 'The program wrote more than the disk that the job asked for and was stopped.',
    action: 'Raise resources.diskBytes or write less.',
    retry: 'no',
  },
  cancelled_by_requester: {
    fault: 'requester',
    settles: 'requester_run',
    sentence: 'The requester cancelled the job.',
    action: 'Post it again if it is still wanted.',
    retry: 'no',
  },
  image_not_found: {
    fault: 'requester',
    settles: 'requester_free',
    sentence: 'The image does not exist or may not be pulled.',
    action: 'Check the image name and tag.',
    retry: 'no',
  },
  command_not_found: {
    fault: 'requester',
    settles: 'requester_run',
    sentence: 'The command could not be run in the image.',
    action: 'Check command, entrypoint and the files in the image.',
    retry: 'no',
  },
  request_invalid: {
    fault: 'requester',
    settles: 'requester_free',
    sentence: 'The job asks for something that no agent may give it.',
    action: 'Correct what the detail names, such as a reserved environment variable.',
    retry: 'no',
  },
  input_unavailable: {
    fault: 'requester',
    settles: 'requester_free',
    sentence: 'An input of the job could not be fetched or unpacked.',
    action: 'Correct what the detail names: the artifact, the URL, its sha256 or the archive.',
    retry: 'no',
  },
  output_missing: {
    fault: 'requester',
    settles: 'requester_run',
    sentence: 'The program ended well but left no file that the job requires.',
    action: 'Let it write what outputs names, or say "required": false there.',
    retry: 'no',
  },
  output_rejected: {
    fault: 'requester',
    settles: 'requester_run',
    sentence: 'The files that the program left could not be kept.',
    action: 'Keep fewer or smaller files, or make room: delete artifacts that nobody needs.',
    retry: 'no',
  },
  dependency_failed: {
    fault: 'requester',
    settles: 'requester_free',
    sentence: 'A job that this one had to wait for did not succeed.',
    action: 'Look at the jobs under after; post this one again once they have succeeded.',
    retry: 'no',
  },
  poison: {
    fault: 'requester',
    settles: 'requester_free',
    sentence: 'The job failed on three agents in the same way, so the agents are not at fault.',
    action: 'Find out what it does to its machine; the executions tell how each attempt ended.',
    retry: 'no',
  },
  result_reused: {
    fault: 'none',
    settles: 'nobody',
    sentence: 'The result of an earlier run of the same job was reused.',
    action: 'Read the output; post the job without cache to run it again.',
    retry: 'no',
  },
  preempted: {
    fault: 'none',
    settles: 'nobody',
    sentence: 'The run was stopped for a job that may not be interrupted.',
    action: 'Nothing; the job goes back to the queue and this run costs nothing.',
    retry: 'yes',
  },
  image_pull_failed: {
    fault: 'none',
    settles: 'nobody',
    sentence: 'The registry did not deliver the image.',
    action: 'Try again later or use another registry.',
    retry: 'yes',
  },
  prepare_timeout: {
    fault: 'none',
    settles: 'nobody',
    sentence: 'The agent did not get the program started in time.',
    action: 'Use a smaller image or raise limits.pullSec.',
    retry: 'yes',
  },
  queue_timeout: {
    fault: 'none',
    settles: 'nobody',
    sentence: 'No agent took the job before its waiting time was over.',
    action: 'Ask for less, pay more or let it wait longer (limits.queueSec).',
    retry: 'no',
  },
  offer_not_accepted: {
    fault: 'none',
    settles: 'nobody',
    sentence: 'The agent did not accept the offer in time.',
    action: 'Nothing; the job goes back to the queue while it may.',
    retry: 'yes',
  },
  released_by_agent: {
    fault: 'none',
    settles: 'nobody',
    sentence: 'The agent gave the job back.',
    action: 'Nothing; the job goes back to the queue while it may.',
    retry: 'yes',
  },
  agent_removed: {
    fault: 'none',
    settles: 'nobody',
    sentence: 'The operator took the agent out of the marketplace.',
    action: 'Nothing while attempts are left; after the last one, post the job again.',
    retry: 'yes',
  },
  lease_expired: {
    fault: 'provider',
    settles: 'provider',
    sentence: 'The agent stopped sending heartbeats.',
    action: 'Nothing while attempts are left; after the last one, post the job again.',
    retry: 'yes',
  },
  engine_error: {
    fault: 'provider',
    settles: 'provider',
    sentence: 'The container engine of the agent failed.',
    action: 'Nothing while attempts are left; after the last one, post the job again.',
    retry: 'yes',
  },
  gpu_error: {
    fault: 'provider',
    settles: 'provider',
    sentence: 'The GPU of the agent failed.',
    action: 'Nothing while attempts are left; after the last one, post the job again.',
    retry: 'yes',
  },
  agent_restarted: {
    fault: 'provider',
    settles: 'provider',
    sentence: 'The agent restarted and could not find the workload again.',
    action: 'Nothing while attempts are left; after the last one, post the job again.',
    retry: 'yes',
  },
  result_overdue: {
    fault: 'provider',
    settles: 'provider',
    sentence: 'The agent did not report a result in time.',
    action: 'Nothing while attempts are left; after the last one, post the job again.',
    retry: 'yes',
  },
  marketplace_error: {
    fault: 'platform',
    settles: 'platform',
    sentence: 'The marketplace failed this run; it costs you nothing.',
    action: 'Nothing while attempts are left; after the last one, post the job again.',
    retry: 'yes',
  },
} as const satisfies Record<string, ReasonDefinition>;

export type Reason = keyof typeof reasons;
export const reasonNames = Object.keys(reasons) as Reason[];
