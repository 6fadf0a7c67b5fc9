import { isTerminalJob, type Reason, reasons } from '@node3/shared/job-state';
import { limits } from '@node3/shared/limits';
import type { Conduct, JobChange, JobSnapshot } from '../store/job-store.ts';
import type { AttemptEnd } from './job-ending.ts';
import type { AgentAxis, Evidence, RequesterAxis } from './reputation.ts';

/** The agent was gone, or as good as gone, while it held a job. */
const absences: ReadonlySet<Reason> = new Set([
  'lease_expired',
  'agent_restarted',
  'result_overdue',
]);
/** These say nothing about who held the job: it never took it up, or we took it away. */
const silent: ReadonlySet<Reason> = new Set([
  'offer_not_accepted',
  'agent_removed',
  'marketplace_error',
]);

/** What the end of an attempt shows about its agent, and the end of its job about the requester. */
export function conductOf(
  snapshot: JobSnapshot,
  end: AttemptEnd,
  change: Pick<JobChange, 'job'>,
): Conduct {
  const isPoison = change.job?.reason === 'poison';
  const succeeded = end.executionState === 'succeeded';
  return {
    // A job that breaks one machine after another says nothing about the machines.
    agent: isPoison ? [] : agentEvidence(snapshot, end),
    requester: requesterEvidence(snapshot, change),
    runSec: succeeded ? end.runMs / 1_000 : null,
  };
}

function agentEvidence({ execution }: JobSnapshot, end: AttemptEnd): Evidence<AgentAxis>[] {
  if (execution === null || silent.has(end.reason)) return [];
  const { leasedAtMs, startedAtMs } = execution;
  const evidence: Evidence<AgentAxis>[] = [];
  const isTakenUp = execution.state !== 'leased' || startedAtMs !== null;
  if (isTakenUp) evidence.push({ axis: 'availability', good: absences.has(end.reason) ? 0 : 1 });
  const startMs = startedAtMs === null ? 0 : startedAtMs - leasedAtMs;
  // Agents that report no phases start in the moment of their lease: nothing is known of their start.
  if (startMs > 0) {
    evidence.push({ axis: 'startLatency', good: Math.min(1, limits.startTargetMs / startMs) });
  }
  const completes = completion(end, startedAtMs);
  if (completes !== null) evidence.push({ axis: 'completion', good: completes });
  return evidence;
}

/** null for what is not the provider's doing: a customer's error never lowers an agent. */
function completion({ executionState, reason }: AttemptEnd, startedAtMs: number | null) {
  if (executionState === 'succeeded') return 1;
  if (reasons[reason].fault === 'provider') return 0;
  return reason === 'released_by_agent' && startedAtMs !== null ? 0 : null;
}

/** Cancelling is a requester's right; doing it after the start is what a provider wants to know of. */
function requesterEvidence(
  { job, execution }: JobSnapshot,
  { job: after }: Pick<JobChange, 'job'>,
): Evidence<RequesterAxis>[] {
  const reason = after?.reason ?? null;
  if (after?.state === undefined || !isTerminalJob(after.state) || reason === null) return [];
  const started = job.startedAtMs !== null || (execution?.startedAtMs ?? null) !== null;
  const isCancelled = reason === 'cancelled_by_requester';
  const evidence: Evidence<RequesterAxis>[] = [];
  if (started) evidence.push({ axis: 'commitment', good: isCancelled ? 0 : 1 });
  const { fault } = reasons[reason];
  if (!isCancelled) evidence.push({ axis: 'conduct', good: fault === 'requester' ? 0 : 1 });
  return evidence;
}
