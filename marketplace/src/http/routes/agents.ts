import { MarketError } from '@node3/shared/error';
import { addRoute } from '@node3/shared/http/add-route';
import { limits } from '@node3/shared/limits';
import {
  acceptExecution as acceptContract,
  appendLogs as appendLogsContract,
  type Fence as FenceBody,
  getAgentEarnings,
  heartbeatAgent as heartbeatContract,
  pollAgent as pollContract,
  reportProgress as progressContract,
  registerAgent as registerContract,
  releaseExecution as releaseContract,
  reportResult as resultContract,
} from '@node3/shared/routes/agents';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { acceptExecution } from '../../services/accept-execution.ts';
import { appendLogs } from '../../services/append-logs.ts';
import { heartbeatAgent } from '../../services/heartbeat-agent.ts';
import { pollAgent } from '../../services/poll-agent.ts';
import { readEarnings } from '../../services/read-earnings.ts';
import { registerAgent } from '../../services/register-agent.ts';
import { releaseExecution } from '../../services/release-execution.ts';
import { reportProgress } from '../../services/report-progress.ts';
import { reportResult } from '../../services/report-result.ts';
import type { Fence } from '../../store/rows.ts';
import type { HttpDeps } from '../http-deps.ts';
import { publicWriteLimit } from '../rate-limit.ts';

export function addAgentRoutes(app: FastifyInstance, deps: HttpDeps): void {
  const authenticate = deps.auth.agent;
  addRoute(app, registerContract, {
    authenticate: deps.auth.public,
    config: publicWriteLimit,
    handler: ({ body }) => registerAgent(deps, body),
  });
  addRoute(app, pollContract, {
    authenticate,
    async handler({ principal, body, reply }) {
      const signal = AbortSignal.any([goneSignal(reply), deps.stopping]);
      const { agentId } = principal;
      // An agent that polls has lost its socket, whatever our end of it believes.
      if (deps.presence.get(agentId)?.instanceId === body.instanceId) {
        deps.agentLinks.of(agentId)?.end(new MarketError('AGENT_SUPERSEDED', { agentId }));
      }
      return { messages: await pollAgent(deps, principal, body, signal) };
    },
  });
  addRoute(app, heartbeatContract, {
    authenticate,
    handler: ({ principal, body }) => heartbeatAgent(deps, principal, body),
  });
  addRoute(app, getAgentEarnings, {
    authenticate,
    handler: ({ principal, query }) => readEarnings(deps, principal, query.since ?? null),
  });
  addExecutionRoutes(app, deps);
}

function addExecutionRoutes(app: FastifyInstance, deps: HttpDeps): void {
  const authenticate = deps.auth.agent;
  const fenceOf = (executionId: string, body: FenceBody): Fence => ({
    executionId,
    attempt: body.attempt,
    leaseHash: deps.leases.hash(body.leaseToken),
  });
  addRoute(app, acceptContract, {
    authenticate,
    handler: ({ principal, params, body }) =>
      acceptExecution(deps, fenceOf(params.executionId, body), principal.agentId),
  });
  addRoute(app, releaseContract, {
    authenticate,
    handler: ({ principal, params, body }) =>
      releaseExecution(deps, fenceOf(params.executionId, body), principal.agentId),
  });
  addRoute(app, progressContract, {
    authenticate,
    handler: ({ principal, params, body }) =>
      reportProgress(deps, fenceOf(params.executionId, body), principal.agentId, {
        phase: body.phase,
        isolation: body.isolation ?? null,
        imageDigest: body.imageDigest ?? null,
        imagePull: body.imagePull ?? null,
      }),
  });
  addRoute(app, appendLogsContract, {
    authenticate,
    bodyLimit: limits.agentBodyBytes,
    handler: ({ principal, params, body }) =>
      appendLogs(deps, principal.agentId, params.executionId, body),
  });
  addRoute(app, resultContract, {
    authenticate,
    bodyLimit: limits.agentBodyBytes,
    handler: ({ principal, params, body }) =>
      reportResult(deps, fenceOf(params.executionId, body), principal.agentId, body.result),
  });
}

/** Aborts when the caller hangs up, so that no match goes to a poll nobody reads. */
function goneSignal(reply: FastifyReply): AbortSignal {
  const gone = new AbortController();
  reply.raw.once('close', () => gone.abort());
  return gone.signal;
}
