import type { BodyOf, ParamsOf, ReplyOf, RouteContract } from '@node3/shared/contract';
import type { FastifyInstance } from 'fastify';

export interface RouteArgs<C extends RouteContract> {
  params: ParamsOf<C>;
  body: BodyOf<C>;
}

/** Registers one contract. Requests are checked against it; answers are ours and only typed. */
export function addRoute<C extends RouteContract>(
  app: FastifyInstance,
  contract: C,
  handle: (args: RouteArgs<C>) => ReplyOf<C>,
): void {
  const { body, params } = contract.schema;
  app.route({
    method: contract.method,
    url: contract.url,
    schema: {
      ...(body === undefined ? {} : { body }),
      ...(params === undefined ? {} : { params }),
    },
    handler: async (request, reply) => {
      const args = { params: request.params, body: request.body } as RouteArgs<C>;
      return reply.send(handle(args));
    },
  });
}
