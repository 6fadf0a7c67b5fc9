import { type Reason, reasons } from '@node3/shared/job-state';
import { limits } from '@node3/shared/limits';
import type { JobChange, JobSnapshot } from '../store/job-store.ts';
import type { JobFailure } from '../store/rows.ts';
import type { AttemptEnd } from './job-ending.ts';
import type { AgentAxis, Evidence } from './reputation.ts';
import { countsAsAttempt } from './retry-policy.ts';

/** Faults of providers that look alike from outside: what breaks one machine breaks the next the same way. */
type FaultClass = 'machine' | 'engine' | 'gpu' | 'report';

/** A registry that is down, or an image too large, is no agent's fault and harms none of them. */
const classOf: Partial<Record<Reason, FaultClass>> = {
  lease_expired: 'machine',
  agent_restarted: 'machine',
  engine_error: 'engine',
  gpu_error: 'gpu',
  result_overdue: 'report',
};

/** What is remembered of the attempts of a job, this one included where it counts as a failure. */
export function failuresAfter({ job, execution }: JobSnapshot, { reason }: AttemptEnd) {
  const fails = execution !== null && reasons[reason].retry === 'yes';
  if (!fails || !countsAsAttempt(reason, execution.startedAtMs)) return job.failures;
  return [...job.failures, { agentId: execution.agentId, reason }];
}

/**
 * The failures that a job has caused, all in the same way, once they are of so many agents that it
 * can't be them; else none. The last failure decides, since each one is looked at when it happens.
 */
export function poisonFailures(failures: readonly JobFailure[]): JobFailure[] {
  const last = failures.at(-1);
  const faultClass = last === undefined ? undefined : classOf[last.reason];
  if (faultClass === undefined) return [];
  const alike = failures.filter(({ reason }) => classOf[reason] === faultClass);
  const agents = new Set(alike.map(({ agentId }) => agentId));
  return agents.size >= limits.poisonAgents ? alike : [];
}

/** What such an end says against its agent: taken back where the job turns out to be to blame. */
export function evidenceAgainst(reason: Reason): Evidence<AgentAxis>[] {
  const wasGone = classOf[reason] === 'machine' || classOf[reason] === 'report';
  const axes: AgentAxis[] = wasGone ? ['completion', 'availability'] : ['completion'];
  return axes.map((axis) => ({ axis, good: 0 }));
}

/** Giving a job back costs nothing before its start; afterwards it is a failure like any other. */
export function judgeAgent(
  { executionState, reason }: AttemptEnd,
  startedAtMs: number | null,
): Pick<JobChange, 'agentCount' | 'agentFault'> {
  if (executionState === 'succeeded') return { agentCount: 'succeeded' };
  if (reasons[reason].fault === 'provider') {
    const agentFault = classOf[reason] === 'machine' ? 'absence' : 'single';
    return { agentCount: 'failed', agentFault };
  }
  const gaveUp = reason === 'released_by_agent' && startedAtMs !== null;
  return gaveUp ? { agentCount: 'failed' } : {};
}
