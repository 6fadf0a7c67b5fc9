import { addRoute } from '@node3/shared/http/add-route';
import { limits } from '@node3/shared/limits';
import * as contracts from '@node3/shared/routes/flows';
import type { FastifyInstance } from 'fastify';
import {
  createFlow,
  deleteFlow,
  findOwnFlow,
  listFlows,
  replaceFlow,
  viewFlow,
} from '../../services/manage-flows.ts';
import { findOwnRun, readRunCost } from '../../services/read-flow-run.ts';
import { readProject } from '../facades/redmind/project-header.ts';
import type { HttpDeps } from '../http-deps.ts';
import { readIfMatch, tagged } from '../if-match.ts';

export function addFlowRoutes(app: FastifyInstance, deps: HttpDeps): void {
  const authenticate = deps.auth.requester;
  const bodyLimit = limits.flowGraphBytes + limits.flowSecretsBytes;
  addRoute(app, contracts.createFlow, {
    authenticate,
    bodyLimit,
    async handler({ principal: { accountId }, body, request }) {
      return createFlow(deps, { accountId, project: readProject(request) }, body);
    },
  });
  addRoute(app, contracts.listFlows, {
    authenticate,
    async handler({ principal: { accountId }, query, request }) {
      return listFlows(deps, { ...query, accountId, project: readProject(request) });
    },
  });
  addRoute(app, contracts.getFlow, {
    authenticate,
    async handler({ principal, params, query, reply }) {
      const version = query.version ?? null;
      const flow = await findOwnFlow(deps, principal.accountId, params.flowId, version);
      return tagged(reply, viewFlow(flow), [flow.flowId, flow.version]);
    },
  });
  addRoute(app, contracts.putFlow, {
    authenticate,
    bodyLimit,
    async handler({ principal, params, body, request, reply }) {
      const target = { ...params, ifMatch: readIfMatch(request) };
      const view = await replaceFlow(deps, principal.accountId, target, body);
      return tagged(reply, view, [view.flowId, view.version]);
    },
  });
  addRoute(app, contracts.deleteFlow, {
    authenticate,
    handler: ({ principal, params }) => deleteFlow(deps, principal.accountId, params.flowId),
  });
  addRoute(app, contracts.getRunCost, {
    authenticate,
    handler: ({ principal, params }) => readRunCost(deps, principal.accountId, params.runId),
  });
  addRoute(app, contracts.getRunGraph, {
    authenticate,
    async handler({ principal, params, reply }) {
      const { run } = await findOwnRun(deps, principal.accountId, params.runId);
      return tagged(reply, { graph: run.graph, input: run.input }, [run.runId]);
    },
  });
}
