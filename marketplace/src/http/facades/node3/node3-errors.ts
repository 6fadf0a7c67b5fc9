import { type MarketError, toProblem } from '@node3/shared/error';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { readRefusal } from '../read-refusal.ts';

/** Answers every error of these routes as the seed does, with our code and advice beside it. */
export function setSeedErrorHandler(app: FastifyInstance): void {
  app.setErrorHandler((thrown: unknown, request, reply) => {
    const { error, part } = readRefusal(thrown, request, reply);
    const { code, detail, fix, errors } = toProblem(error, request.id);
    const listed = errors?.map(({ pointer, detail: msg }) => ({
      loc: [part, ...pointer.split('/').slice(1)],
      msg,
      type: 'value_error',
    }));
    const unread = isUnread(error) ? [{ loc: [part], msg: detail, type: 'value_error' }] : null;
    return reply
      .status(statusOf(error, request))
      .type('application/json')
      .send({ detail: listed ?? unread ?? detail, code, fix });
  });
}

/** The seed says 400 where a job is in the wrong state, and 403 for any wrong operator key. */
function statusOf(error: MarketError, { routeOptions }: FastifyRequest): number {
  const { code, status } = error;
  const { scope } = routeOptions.config as { scope?: string | null };
  if (code === 'AUTH_INVALID' && scope === 'operator') return 403;
  if (isUnread(error)) return 422;
  return status === 409 ? 400 : status;
}

/** A body that is no JSON: FastAPI has one entry for it, in the list that wrong fields have. */
function isUnread({ code }: MarketError): boolean {
  return code === 'REQUEST_MALFORMED' || code === 'CONTENT_TYPE_UNSUPPORTED';
}
