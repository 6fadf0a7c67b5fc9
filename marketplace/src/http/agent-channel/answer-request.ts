import { assertNever } from '@node3/shared/assert';
import type { AgentRequest } from '@node3/shared/routes/agent-channel';
import type { Fence as FenceBody } from '@node3/shared/routes/agents';
import type { LiveFeed } from '../../live/live-feed.ts';
import type { Measures } from '../../observability/measures.ts';
import { acceptExecution } from '../../services/accept-execution.ts';
import type { AgentHomes } from '../../services/agent-homes.ts';
import { appendLogs } from '../../services/append-logs.ts';
import type { JobChangeDeps } from '../../services/change-job.ts';
import type { DiskRoom } from '../../services/disk-room.ts';
import type { GpuProofNotices } from '../../services/gpu-proof-notices.ts';
import { heartbeatAgent } from '../../services/heartbeat-agent.ts';
import type { LeaseAmnesty } from '../../services/lease-amnesty.ts';
import type { LeaseTokens } from '../../services/lease-token.ts';
import type { LogRates } from '../../services/log-rates.ts';
import type { AgentPresence, Presence } from '../../services/presence.ts';
import { releaseExecution } from '../../services/release-execution.ts';
import { reportProgress } from '../../services/report-progress.ts';
import { reportResult } from '../../services/report-result.ts';
import type { Reservations } from '../../services/reservations.ts';
import type { UsageBook } from '../../services/usage-book.ts';
import type { Fence } from '../../store/rows.ts';

export interface AnswerDeps extends JobChangeDeps {
  room: Pick<DiskRoom, 'hasRefusedOutputOf' | 'takesLogs'>;
  leases: LeaseTokens;
  leaseAmnesty: Pick<LeaseAmnesty, 'grant' | 'renewalFailed'>;
  logRates: LogRates;
  homes: AgentHomes;
  gpuProofs: GpuProofNotices;
  presence: Presence;
  measures: Measures;
  reservations: Reservations;
  usageBook: Pick<UsageBook, 'note'>;
  feed: LiveFeed;
}

/** Requests that mean the same as a route; hello and ready are about the socket itself. */
export type RoutedRequest = Exclude<AgentRequest, { type: 'hello' | 'ready' }>;

/** Calls the service that the route of the same name calls. Throws what it throws. */
export function answerRequest(
  deps: AnswerDeps,
  agent: Pick<AgentPresence, 'agentId' | 'wallet' | 'name' | 'instanceId'>,
  request: RoutedRequest,
): Promise<unknown> {
  const { agentId, instanceId } = agent;
  const fence = (body: FenceBody & { executionId: string }): Fence => ({
    executionId: body.executionId,
    attempt: body.attempt,
    leaseHash: deps.leases.hash(body.leaseToken),
  });
  switch (request.type) {
    case 'heartbeat': {
      const { executions, samples, usage } = request;
      const body = { instanceId, executions, samples, ...(usage !== undefined && { usage }) };
      return heartbeatAgent(deps, agent, body);
    }
    case 'accept':
      return acceptExecution(deps, fence(request), agentId);
    case 'release':
      return releaseExecution(deps, fence(request), agentId);
    case 'progress':
      return reportProgress(deps, fence(request), agentId, {
        phase: request.phase,
        isolation: request.isolation ?? null,
        imageDigest: request.imageDigest ?? null,
        imagePull: request.imagePull ?? null,
      });
    case 'logs':
      return appendLogs(deps, agentId, request.executionId, request);
    case 'result':
      return reportResult(deps, fence(request), agentId, request.result);
    default:
      return assertNever(request);
  }
}
