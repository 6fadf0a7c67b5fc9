import type { RouteContract } from '@node3/shared/contract';
import type { AgentRequest } from '@node3/shared/routes/agent-channel';
import {
  acceptExecution,
  appendLogs,
  heartbeatAgent,
  releaseExecution,
  reportProgress,
  reportResult,
} from '@node3/shared/routes/agents';

/** A request without its number, as the callers know it. */
export interface ChannelCall {
  type: AgentRequest['type'];
  fields: object;
}

const types = new Map<RouteContract, AgentRequest['type']>([
  [heartbeatAgent, 'heartbeat'],
  [acceptExecution, 'accept'],
  [releaseExecution, 'release'],
  [reportProgress, 'progress'],
  [appendLogs, 'logs'],
  [reportResult, 'result'],
]);

/** What a call is on the socket; null for one that only HTTP has. */
export function toChannelCall(
  contract: RouteContract,
  args: { params?: object; body?: object },
): ChannelCall | null {
  const type = types.get(contract);
  if (type === undefined) return null;
  // Said once, in hello.
  const { instanceId: _, ...body } = (args.body ?? {}) as { instanceId?: string };
  return { type, fields: { ...args.params, ...body } };
}
