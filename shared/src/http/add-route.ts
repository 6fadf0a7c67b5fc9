import type {
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  preValidationHookHandler,
} from 'fastify';
import {
  type BodyOf,
  type ParamsOf,
  type QueryOf,
  type ReplyOf,
  type RouteContract,
  scopeOf,
} from '../contract.ts';
import { entityTag, isTagKnown } from './entity-tag.ts';
import { principalOf, setPrincipal } from './principal.ts';

export interface RouteCall<C extends RouteContract, Principal> {
  params: ParamsOf<C>;
  query: QueryOf<C>;
  body: BodyOf<C>;
  principal: Principal;
  request: FastifyRequest;
  reply: FastifyReply;
}

export interface RouteOptions<C extends RouteContract, Principal> {
  /**
   * Finds out who calls; throws AUTH_REQUIRED, AUTH_INVALID or AUTH_FORBIDDEN. A caller that is known
   * already is told at once: a promise takes longer than looking it up.
   */
  authenticate(request: FastifyRequest): Promise<Principal> | Principal;
  bodyLimit?: number;
  /** Throws for a body that there is more to say about than which of its fields are wrong. */
  beforeChecks?(body: unknown): void;
  /** Extra Fastify route configuration, such as a rate limit. */
  config?: Record<string, unknown>;
  handler(call: RouteCall<C, Principal>): Promise<ReplyOf<C>>;
}

const tagNotes = {
  read: 'Carries a strong ETag; one that If-None-Match names is answered with 304.',
  change: 'With If-Match, done only while the resource has that ETag; else 412 RESOURCE_CHANGED.',
};

function describe(contract: RouteContract): { description?: string } {
  const scope = scopeOf(contract);
  const notes = contract.etag === undefined ? [] : [tagNotes[contract.etag]];
  if (scope === 'account') notes.push('Any scope of an account will do.');
  else if (scope !== null) notes.push(`Needs the scope ${scope}.`);
  if (scope !== null && contract.method !== 'GET') notes.push('A read-only key is refused.');
  return notes.length === 0 ? {} : { description: notes.join(' ') };
}

function securityOf(contract: RouteContract): Record<string, readonly string[]>[] {
  if (contract.audience === 'public') return [];
  const scope = scopeOf(contract);
  const key = { apiKey: scope === null || scope === 'account' ? [] : [scope] };
  return contract.audience === 'requester' ? [key, { session: [] }] : [key];
}

/** Serves a contract. The handler is typed by it on both ends, and answers with its 2xx status. */
export function addRoute<const C extends RouteContract, Principal>(
  app: FastifyInstance,
  contract: C,
  options: RouteOptions<C, Principal>,
): void {
  const statuses = Object.keys(contract.schema.response).map(Number);
  const status = statuses.find((code) => code < 300) ?? 200;
  const scope = scopeOf(contract);
  const config: object = { ...options.config, scope };
  app.route({
    ...checksOf(options),
    method: contract.method,
    url: contract.url,
    schema: {
      ...contract.schema,
      summary: contract.summary,
      ...describe(contract),
      tags: [contract.tag],
      security: securityOf(contract),
    },
    ...(options.bodyLimit === undefined ? {} : { bodyLimit: options.bodyLimit }),
    config,
    // Before the body is read: who has no key costs us neither its bytes nor their checking.
    onRequest(request, reply, done) {
      // With a cookie, unlike with `Authorization`, nothing else keeps it out of shared caches.
      if (contract.audience !== 'public') void reply.header('cache-control', 'no-store');
      const found = options.authenticate(request);
      if (found instanceof Promise) {
        void awaitPrincipal(request, found, done);
        return;
      }
      setPrincipal(request, found);
      done();
    },
    async handler(request, reply) {
      const body = await options.handler({
        params: request.params as ParamsOf<C>,
        query: request.query as QueryOf<C>,
        body: request.body as BodyOf<C>,
        principal: principalOf(request) as Principal,
        request,
        reply,
      });
      if (reply.sent) return reply;
      if (status !== 200 && reply.statusCode === 200) void reply.status(status);
      return contract.etag === 'read' ? withTag(request, reply, body) : body;
    },
  });
}

/** A hook costs each request a little, and most routes need none. */
function checksOf({ beforeChecks }: Pick<RouteOptions<RouteContract, unknown>, 'beforeChecks'>): {
  preValidation?: preValidationHookHandler;
} {
  if (beforeChecks === undefined) return {};
  return {
    preValidation(request, _reply, done) {
      beforeChecks(request.body);
      done();
    },
  };
}

/** The tag is the handler's own, or one of the whole answer. */
function withTag(request: FastifyRequest, reply: FastifyReply, body: unknown): unknown {
  const tag = String(reply.getHeader('etag') ?? entityTag(body));
  void reply.header('etag', tag).header('cache-control', 'private, no-cache');
  if (!isTagKnown(request.headers['if-none-match'], tag)) return body;
  void reply.status(304);
  return null;
}

async function awaitPrincipal(
  request: FastifyRequest,
  found: Promise<unknown>,
  proceed: (error?: Error) => void,
): Promise<void> {
  try {
    setPrincipal(request, await found);
  } catch (error) {
    proceed(error as Error);
    return;
  }
  proceed();
}
