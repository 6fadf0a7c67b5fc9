import { addRoute } from '@node3/shared/http/add-route';
import {
  challengeAgent as challengeContract,
  listDeviceProofs,
  openProofLanes,
  reportProofFilled,
  reportProofRoot,
} from '@node3/shared/routes/gpu-proofs';
import type { FastifyInstance } from 'fastify';
import {
  checkProofOpenings,
  noteProofFilled,
  noteProofRoot,
} from '../../services/answer-gpu-proof.ts';
import { challengeAgent } from '../../services/issue-gpu-proofs.ts';
import { readDeviceProofs } from '../../services/read-gpu-proofs.ts';
import type { HttpDeps } from '../http-deps.ts';

export function addGpuProofRoutes(app: FastifyInstance, deps: HttpDeps): void {
  const authenticate = deps.auth.agent;
  addRoute(app, reportProofFilled, {
    authenticate,
    handler: ({ principal: { agentId }, params, body }) =>
      noteProofFilled(deps, { ...params, agentId }, body),
  });
  addRoute(app, reportProofRoot, {
    authenticate,
    handler: ({ principal: { agentId }, params, body }) =>
      noteProofRoot(deps, { ...params, agentId }, body),
  });
  addRoute(app, openProofLanes, {
    authenticate,
    handler: ({ principal: { agentId }, params, body }) =>
      checkProofOpenings(deps, { ...params, agentId }, body),
  });
  addRoute(app, challengeContract, {
    authenticate: deps.auth.operator,
    handler: ({ params }) => challengeAgent(deps, params.agentId),
  });
  addRoute(app, listDeviceProofs, {
    authenticate: deps.auth.public,
    handler: async ({ params }) => ({ data: await readDeviceProofs(deps, params.agentId) }),
  });
}
