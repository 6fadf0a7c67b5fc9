import { addRoute } from '@node3/shared/http/add-route';
import { limits } from '@node3/shared/limits';
import {
  createKey as createContract,
  listKeys as listContract,
  revokeKey as revokeContract,
  rotateKey as rotateContract,
} from '@node3/shared/routes/keys';
import type { FastifyInstance } from 'fastify';
import { createKey, listKeys, revokeKey, rotateKey } from '../../services/manage-keys.ts';
import type { HttpDeps } from '../http-deps.ts';
import { publicWriteLimit } from '../rate-limit.ts';

export function addKeyRoutes(app: FastifyInstance, deps: HttpDeps): void {
  const authenticate = deps.auth.requester;
  addRoute(app, listContract, {
    authenticate,
    handler: ({ principal }) => listKeys(deps, principal),
  });
  addRoute(app, createContract, {
    authenticate,
    config: publicWriteLimit,
    handler: ({ principal, body }) => createKey(deps, principal, body),
  });
  addRoute(app, rotateContract, {
    authenticate,
    config: publicWriteLimit,
    handler: ({ principal, params, query }) => {
      const { overlapSec = limits.keyOverlapMs / 1_000 } = query;
      const { keyId } = params;
      return rotateKey(deps, principal, { keyId, overlapMs: overlapSec * 1_000 });
    },
  });
  addRoute(app, revokeContract, {
    authenticate,
    handler: ({ principal, params }) => revokeKey(deps, principal, params.keyId),
  });
}
