import { drainAgent, resumeAgent } from '../../services/change-agent-state.ts';
import type { GrpcDeps } from '../grpc-deps.ts';

/** With these a worker wants nothing new. */
export const leavingStatuses: ReadonlySet<string> = new Set([
  'WORKER_STATUS_DRAINING',
  'WORKER_STATUS_TERMINATING',
  'WORKER_STATUS_TERMINATED',
]);

/**
 * What a worker says of itself. DRAINING is stored; READY ends the drain that it asked for itself, and
 * no other. The other words follow from what it does.
 */
export async function changeWorkerStatus(
  deps: GrpcDeps,
  agentId: string,
  word: string,
): Promise<void> {
  const by = `agent:${agentId}` as const;
  const request = { agentId, by, reason: 'The worker asked for it.' };
  if (word === 'WORKER_STATUS_DRAINING') {
    await drainAgent(deps, request);
    return;
  }
  if (word !== 'WORKER_STATUS_READY') return;
  const agent = await deps.store.agent(agentId);
  if (agent?.state === 'draining' && agent.stateBy === by) await resumeAgent(deps, request);
}
