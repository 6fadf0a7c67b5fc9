import type { ExecutionState } from '@node3/shared/execution-state';
import { type JobState, type Reason, reasons } from '@node3/shared/job-state';
import type { BacalhauHistoryItem, BacalhauJobState } from '@node3/shared/routes/bacalhau-models';
import { toTimestamp } from '@node3/shared/schema';
import type { EventRow, ExecutionRow, JobRow } from '../../../store/rows.ts';

/** Between the words of Bacalhau's API and ours; nothing else knows them. */

/** Labels that say which of our jobs are one job of Bacalhau's. They are not shown as labels of it. */
export const groupLabels = {
  /** What all versions and partitions of one job share. */
  group: 'bacalhau/group',
  version: 'bacalhau/version',
  /** Which one of how many: `0/3` is the first. */
  partition: 'bacalhau/partition',
  /** A keyed hash of the job as it was submitted: tells an update from a repetition. */
  document: 'bacalhau/document',
  /** A keyed hash of the token that it was submitted with, if any. */
  token: 'bacalhau/token',
} as const;

/** As the importer names it. */
const namespaceLabel = 'namespace';
export const defaultNamespace = 'default';

/** Which facade or importer made a job is said by a label, too. */
const ours: readonly string[] = [...Object.values(groupLabels), namespaceLabel, 'api'];

export function shownLabels(labels: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).filter(([name]) => !ours.includes(name)));
}

export function namespaceOf({ spec }: Pick<JobRow, 'spec'>): string {
  return spec.labels[namespaceLabel] ?? defaultNamespace;
}

/** Times of Bacalhau's are nanoseconds; the nearest number to these is written with the same digits. */
export function toNanoseconds(ms: number): number {
  return ms * 1_000_000;
}

const jobStates: Record<JobState, BacalhauJobState> = {
  awaiting_funds: 'Pending',
  queued: 'Pending',
  assigned: 'Running',
  running: 'Running',
  succeeded: 'Completed',
  failed: 'Failed',
  timed_out: 'Failed',
  expired: 'Failed',
  cancelled: 'Stopped',
};

/**
 * A program that ends by itself has completed there, whatever its exit code, which its clients look up in
 * `RunOutput`. A job that waits after an attempt is queued.
 */
export function toJobState(job: Pick<JobRow, 'state' | 'reason' | 'attempt'>): BacalhauJobState {
  if (job.reason === 'nonzero_exit' && job.state === 'failed') return 'Completed';
  return job.state === 'queued' && job.attempt > 0 ? 'Queued' : jobStates[job.state];
}

/** Several partitions are one job: it has ended when all have, and failed where one of them did. */
export function toStateOfAll(states: readonly BacalhauJobState[]): BacalhauJobState {
  const has = (state: BacalhauJobState) => states.includes(state);
  const isOpen = has('Pending') || has('Queued') || has('Running');
  if (!isOpen) return has('Failed') ? 'Failed' : has('Stopped') ? 'Stopped' : 'Completed';
  const hasBegun = states.some((state) => state !== 'Pending' && state !== 'Queued');
  return hasBegun ? 'Running' : has('Queued') ? 'Queued' : 'Pending';
}

/** Attempts that were given back before they cost anything: discarded, and no failure. */
const discarded: readonly (Reason | null)[] = [
  'offer_not_accepted',
  'released_by_agent',
  'preempted',
];

const executionStates: Record<ExecutionState, number> = {
  leased: 3,
  preparing: 5,
  running: 6,
  collecting: 7,
  succeeded: 9,
  failed: 10,
  timed_out: 10,
  lost: 10,
  cancelled: 11,
};
export const completedState = executionStates.succeeded;
const rejectedState = 4;

export function toComputeState(execution: Pick<ExecutionRow, 'state' | 'reason'>): number {
  const { state, reason } = execution;
  if (discarded.includes(reason)) return rejectedState;
  if (state === 'failed' && reason === 'nonzero_exit') return completedState;
  return executionStates[state];
}

/** Executions that go on are wanted to run; the others to be stopped. */
export const desiredStates = { running: 1, stopped: 2 } as const;

/** What Bacalhau's text about an execution's end says; empty where the program ended by itself. */
export function errorMessageOf({
  reason,
  detail,
}: Pick<ExecutionRow, 'reason' | 'detail'>): string {
  if (reason === null || reason === 'exited' || reason === 'nonzero_exit') return '';
  if (reason === 'out_of_memory') return 'memory limit exceeded';
  return detail ?? reasons[reason].sentence;
}

/** What is wrong or next, in the form that Bacalhau's states have details in. */
export function detailsOf(reason: Reason | null): { Details?: Record<string, string> } {
  if (reason === null) return {};
  return { Details: { Reason: reason, Hint: reasons[reason].action } };
}

interface EventWords {
  level: BacalhauHistoryItem['Type'];
  topic: string;
  message: string;
  newState?: string;
}

const job = (topic: string, message: string, newState?: string): EventWords => ({
  level: 'JobLevel',
  topic,
  message,
  ...(newState === undefined ? {} : { newState }),
});
const execution = (topic: string, message: string, newState?: string): EventWords => ({
  ...job(topic, message, newState),
  level: 'ExecutionLevel',
});

/** Of our events those that Bacalhau has a word for; what is about money it has none for. */
const eventWords: Record<string, EventWords> = {
  'job.posted': job('Submission', 'Job submitted', 'Pending'),
  'job.dependency-met': job('Queueing', 'A job that this one waits for has ended'),
  'job.dependency-failed': job('State Update', 'A job that this one waits for did not succeed'),
  'job.released': job('Queueing', 'Job waits for no other any more'),
  'job.requeued': job('Queueing', 'Job queued. It waits for another node', 'Queued'),
  'job.started': job('State Update', 'Job runs', 'Running'),
  'job.preempt-requested': job('Scheduling', 'Job has to make room for another one'),
  'job.cancel-requested': job('State Update', 'Job stop requested'),
  'job.ended': job('State Update', 'Job ended'),
  'job.assigned': execution('Scheduling', 'Execution assigned to a node', 'AskForBidAccepted'),
  'execution.leased': execution('Scheduling', 'Execution assigned to a node', 'AskForBidAccepted'),
  'execution.accepted': execution('Execution', 'Node accepted the execution', 'BidAccepted'),
  'execution.phase-changed': execution('Execution', 'Execution goes on'),
  'execution.ended': execution('Execution', 'Execution ended'),
};

/** How ends are told that Bacalhau's clients look for by their topic. */
const endWords: Partial<Record<Reason, { topic: string; message: string }>> = {
  run_timeout: {
    topic: 'Exec Timeout',
    message: 'Execution timed out. Execution took longer than its timeout',
  },
  queue_timeout: { topic: 'Queueing', message: 'Job failed. Not enough nodes to run it in time' },
  lease_expired: {
    topic: 'Execution',
    message: 'Execution stop requested because node has disappeared',
  },
  poison: {
    topic: 'Scheduling',
    message: 'Job failed because it has been retried too many times',
  },
};

const harmless: readonly (Reason | null)[] = [null, 'exited', 'result_reused', 'nonzero_exit'];

/** The names of events that a history is made of, of one level or of both. */
export function historyNames(level: BacalhauHistoryItem['Type'] | null): string[] {
  return Object.entries(eventWords).flatMap(([name, words]) =>
    level === null || words.level === level ? [name] : [],
  );
}

/** null for an event that Bacalhau has no word for. */
export function toHistoryItem(
  event: EventRow,
  { jobId, version }: { jobId: string; version: number },
): BacalhauHistoryItem | null {
  const words = eventWords[event.name];
  if (words === undefined) return null;
  const { reason, executionId, seq } = event;
  const end = reason === null || !event.name.endsWith('.ended') ? undefined : endWords[reason];
  const said = reason === null ? words.message : `${words.message}. ${reasons[reason].sentence}`;
  const time = toTimestamp(event.atMs);
  return {
    SeqNum: seq,
    Type: words.level,
    JobID: jobId,
    JobVersion: version,
    ExecutionID: words.level === 'ExecutionLevel' ? (executionId ?? '') : '',
    Event: {
      Message: end?.message ?? said,
      Topic: end?.topic ?? words.topic,
      Timestamp: time,
      Details: {
        ...(words.newState === undefined ? {} : { NewState: words.newState }),
        ...(harmless.includes(reason) ? {} : { IsError: 'true' }),
        ...(reason === null
          ? {}
          : {
              ErrorCode: reason,
              Hint: reasons[reason].action,
              Retryable: String(reasons[reason].retry === 'yes'),
            }),
      },
    },
    Time: time,
  };
}
