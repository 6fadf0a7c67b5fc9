import { addRoute } from '@node3/shared/http/add-route';
import { limits } from '@node3/shared/limits';
import * as contracts from '@node3/shared/routes/redmind';
import type { FastifyInstance } from 'fastify';
import { cancelFlowRun } from '../../../services/cancel-flow-run.ts';
import { findOwnRun, listFlowRuns } from '../../../services/read-flow-run.ts';
import { rerunFlow, startFlowRun } from '../../../services/start-flow-run.ts';
import type { HttpDeps } from '../../http-deps.ts';
import { readIdempotencyKey } from '../../idempotency-key.ts';
import { readProject } from './project-header.ts';
import { toListedRun, toRunDetail, toRunStarted } from './redmind-mapping.ts';

/** The runs of REDMIND. Errors are problems, whose `detail` is where that server has its own. */
export function addRedmindRoutes(app: FastifyInstance, deps: HttpDeps): void {
  const authenticate = deps.auth.requester;
  addStarts(app, deps);
  addRoute(app, contracts.listRuns, {
    authenticate,
    async handler({ principal, query, request }) {
      const { rows, nextCursor } = await listFlowRuns(deps, {
        accountId: principal.accountId,
        flowId: query.flowId ?? null,
        project: readProject(request),
        state: query.status ?? null,
        beforeRunId: query.cursor ?? null,
        limit: query.limit,
      });
      return { data: rows.map(toListedRun), nextCursor };
    },
  });
  addRoute(app, contracts.getRun, {
    authenticate,
    async handler({ principal, params }) {
      const { run, steps } = await findOwnRun(deps, principal.accountId, params.runId);
      return toRunDetail(run, steps);
    },
  });
  addRoute(app, contracts.cancelRun, {
    authenticate,
    async handler({ principal, params }) {
      return toRunStarted(await cancelFlowRun(deps, principal.accountId, params.runId));
    },
  });
}

function addStarts(app: FastifyInstance, deps: HttpDeps): void {
  const authenticate = deps.auth.requester;
  const bodyLimit = limits.flowGraphBytes + 2 * limits.flowInputBytes + limits.flowSecretsBytes;
  addRoute(app, contracts.startRun, {
    authenticate,
    bodyLimit,
    async handler({ principal, body, request }) {
      const run = await startFlowRun(deps, {
        ...principal,
        project: readProject(request),
        idempotencyKey: readIdempotencyKey(request),
        flowId: body.flow_id,
        version: body.version,
        graph: body.flow,
        input: body.input,
        timeoutSec: body.timeout_seconds,
        secrets: body.secrets,
      });
      return toRunStarted(run);
    },
  });
  addRoute(app, contracts.testRun, {
    authenticate,
    bodyLimit,
    async handler({ principal, body, request }) {
      const run = await startFlowRun(deps, {
        ...principal,
        project: readProject(request),
        idempotencyKey: readIdempotencyKey(request),
        graph: body.flow,
        input: body.input,
        timeoutSec: body.timeout_seconds,
        secrets: body.secrets,
      });
      return toRunStarted(run);
    },
  });
  addRoute(app, contracts.rerunRun, {
    authenticate,
    async handler({ principal, params, body, request }) {
      const run = await rerunFlow(deps, {
        ...principal,
        ...params,
        project: readProject(request),
        idempotencyKey: readIdempotencyKey(request),
        fromNode: body?.from_node,
        timeoutSec: body?.timeout_seconds,
      });
      return toRunStarted(run);
    },
  });
}
