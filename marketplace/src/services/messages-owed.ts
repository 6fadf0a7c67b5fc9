import type { AgentMessage } from '@node3/shared/routes/agents';
import type { AgentStore } from '../store/agent-store.ts';
import type { JobStore } from '../store/job-store.ts';
import { type LeaseDeps, toOffer } from './claim-job.ts';

interface Deps extends Pick<LeaseDeps, 'leases' | 'sealer' | 'offerOf'> {
  store: Pick<JobStore, 'liveExecutions' | 'job'> & Pick<AgentStore, 'agent'>;
}

/**
 * What an agent that connects has to hear, whatever was lost before: offers that it did not accept
 * yet, cancellations, and that it drains. All of it is in the store, so a crash of either side forgets nothing.
 */
export async function messagesOwed(deps: Deps, agentId: string): Promise<AgentMessage[]> {
  const [live, agent] = await Promise.all([
    deps.store.liveExecutions(agentId),
    deps.store.agent(agentId),
  ]);
  const messages: AgentMessage[] = agent?.state === 'draining' ? [{ type: 'drain' }] : [];
  for (const execution of live) {
    const { executionId, attempt, acceptByMs, preemptedAtMs } = execution;
    const job = await deps.store.job(execution.jobId);
    if (job === null) continue;
    const isStopped = job.cancelRequestedAtMs !== null || preemptedAtMs !== null;
    if (isStopped) messages.push({ type: 'cancel', executionId, attempt });
    else if (acceptByMs !== null) messages.push(toOffer(deps, job, execution));
  }
  return messages;
}
