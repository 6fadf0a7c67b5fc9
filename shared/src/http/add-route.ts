import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { assert } from '../assert.ts';
import type { BodyOf, ParamsOf, QueryOf, ReplyOf, RouteContract } from '../contract.ts';

export interface RouteCall<C extends RouteContract, Principal> {
  params: ParamsOf<C>;
  query: QueryOf<C>;
  body: BodyOf<C>;
  principal: Principal;
  request: FastifyRequest;
  reply: FastifyReply;
}

export interface RouteOptions<C extends RouteContract, Principal> {
  /** Finds out who calls; throws AUTH_REQUIRED, AUTH_INVALID or AUTH_FORBIDDEN. */
  authenticate(request: FastifyRequest): Promise<Principal>;
  bodyLimit?: number;
  /** Extra Fastify route configuration, such as a rate limit. */
  config?: Record<string, unknown>;
  handler(call: RouteCall<C, Principal>): Promise<ReplyOf<C>>;
}

/** Serves a contract. The handler is typed by it on both ends, and answers with its 2xx status. */
export function addRoute<const C extends RouteContract, Principal>(
  app: FastifyInstance,
  contract: C,
  options: RouteOptions<C, Principal>,
): void {
  const statuses = Object.keys(contract.schema.response).map(Number);
  const status = statuses.find((code) => code < 300) ?? 200;
  const principals = new WeakMap<FastifyRequest, { principal: Principal }>();
  app.route({
    method: contract.method,
    url: contract.url,
    schema: {
      ...contract.schema,
      summary: contract.summary,
      tags: [contract.tag],
      security: contract.audience === 'public' ? [] : [{ apiKey: [] }],
    },
    ...(options.bodyLimit === undefined ? {} : { bodyLimit: options.bodyLimit }),
    ...(options.config === undefined ? {} : { config: options.config }),
    // Before the body is read: who has no key costs us neither its bytes nor their checking.
    async onRequest(request) {
      principals.set(request, { principal: await options.authenticate(request) });
    },
    async handler(request, reply) {
      const caller = principals.get(request);
      assert(caller !== undefined, 'a caller is known before a request is handled');
      const { principal } = caller;
      const body = await options.handler({
        params: request.params as ParamsOf<C>,
        query: request.query as QueryOf<C>,
        body: request.body as BodyOf<C>,
        principal,
        request,
        reply,
      });
      if (reply.sent) return reply;
      return reply.status(reply.statusCode === 200 ? status : reply.statusCode).send(body);
    },
  });
}
