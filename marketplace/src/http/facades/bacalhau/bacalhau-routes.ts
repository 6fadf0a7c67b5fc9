import type { FastifyInstance } from 'fastify';
import type { HttpDeps } from '../../http-deps.ts';
import { acceptBasicKeys } from './bacalhau-auth.ts';
import { setBacalhauErrorHandler } from './bacalhau-errors.ts';
import { addBacalhauNodeRoutes } from './bacalhau-node-routes.ts';
import { addBacalhauReadRoutes } from './bacalhau-read-routes.ts';
import { addBacalhauWriteRoutes } from './bacalhau-write-routes.ts';

/** Bacalhau's HTTP API, in a scope of its own: errors are in its form, and keys come as passwords too. */
export async function addBacalhauRoutes(app: FastifyInstance, deps: HttpDeps): Promise<void> {
  await app.register(async (scope) => {
    setBacalhauErrorHandler(scope);
    acceptBasicKeys(scope);
    addBacalhauReadRoutes(scope, deps);
    addBacalhauWriteRoutes(scope, deps);
    addBacalhauNodeRoutes(scope, deps);
  });
}
