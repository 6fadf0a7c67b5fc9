import { type MarketError, toProblem } from '@node3/shared/error';
import { toMarketError } from '@node3/shared/http/error-handler';
import type { FastifyInstance, FastifyRequest } from 'fastify';

/** Answers every error of these routes as the seed does, with our code and advice beside it. */
export function setSeedErrorHandler(app: FastifyInstance): void {
  app.setErrorHandler((thrown: unknown, request, reply) => {
    const error = toMarketError(thrown, request.routeOptions.bodyLimit);
    if (error.status >= 500) request.log.error({ err: thrown }, 'request failed');
    const { code, detail, fix, errors } = toProblem(error, request.id);
    const { retryAfterSec } = error.context;
    if (typeof retryAfterSec === 'number') void reply.header('retry-after', retryAfterSec);
    const listed = errors?.map(({ pointer, detail: msg }) => ({
      loc: ['body', ...pointer.split('/').slice(1)],
      msg,
      type: 'value_error',
    }));
    return reply
      .status(statusOf(error, request))
      .type('application/json')
      .send({ detail: listed ?? detail, code, fix });
  });
}

/** The seed says 400 where a job is in the wrong state, and 403 for any wrong operator key. */
function statusOf({ code, status }: MarketError, { url }: FastifyRequest): number {
  if (code === 'AUTH_INVALID' && url.startsWith('/api/admin/')) return 403;
  if (code === 'REQUEST_MALFORMED') return 422;
  return status === 409 ? 400 : status;
}
