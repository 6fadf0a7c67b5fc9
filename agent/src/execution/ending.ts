import { assertNever } from '@node3/shared/assert';
import type { Reason } from '@node3/shared/job-state';
import type { ExecutionOutcome } from '../executors/executor.ts';
import { failureOf } from './execution-result.ts';
import { type StopCause, stopSentences } from './live-execution.ts';

/** How this process is done with an execution. `left`: not at all, the next process goes on. */
export type Ending =
  | { kind: 'outcome'; outcome: ExecutionOutcome; cause: StopCause | null }
  | { kind: 'failed'; reason: Reason; detail: string; started: boolean }
  | { kind: 'released' }
  | { kind: 'superseded' }
  | { kind: 'left' };

/** A stop before the workload started: it surely never ran, so the job can go back for free. */
export function endBeforeStart(cause: StopCause): Ending {
  if (cause === 'superseded') return { kind: 'superseded' };
  if (cause !== 'requester') return { kind: 'released' };
  const detail = stopSentences.requester;
  return { kind: 'failed', reason: 'cancelled_by_requester', detail, started: false };
}

/** The workload could not be started, so it never ran. */
export function endWithFailure(error: unknown): Ending {
  return { kind: 'failed', ...failureOf(error), started: false };
}

/**
 * The workload has ended. When it ended by itself before the stop took effect, what it did counts
 * and not the stop; a job that is somebody else's by now counts for nothing.
 */
export function endAfterRun(cause: StopCause | null, outcome: ExecutionOutcome): Ending {
  if (cause === 'superseded') return { kind: 'superseded' };
  return { kind: 'outcome', outcome, cause: outcome.cancelled ? cause : null };
}

/** Which reason a stopped workload is reported with; null for one that ended by itself. */
export function reasonOfStop(cause: StopCause | null): Reason | null {
  switch (cause) {
    case null:
    case 'superseded':
      return null;
    case 'requester':
      return 'cancelled_by_requester';
    case 'lease-expired':
      return 'lease_expired';
    case 'no-progress':
      return 'no_progress';
    case 'provider':
      return 'released_by_agent';
    case 'policy':
    case 'drain':
      return 'agent_restarted';
    default:
      return assertNever(cause);
  }
}
