import type { FastifyInstance, FastifyRequest } from 'fastify';
import { assert } from '../assert.ts';

const principalKey = Symbol('principal');

interface WithPrincipal {
  [principalKey]?: unknown;
}

/** Gives every request a place for its caller: looking into a map for it takes several times as long. */
export function addPrincipal(app: FastifyInstance): void {
  app.decorateRequest(principalKey, undefined);
}

export function setPrincipal(request: FastifyRequest, principal: unknown): void {
  (request as WithPrincipal)[principalKey] = principal;
}

/** @returns what `setPrincipal` was given by the same route. */
export function principalOf(request: FastifyRequest): unknown {
  const principal = (request as WithPrincipal)[principalKey];
  assert(principal !== undefined, 'a caller is known before a request is handled');
  return principal;
}
