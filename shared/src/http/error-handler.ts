import type { ErrorObject } from 'ajv';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { MarketError, type ProblemParts, toProblem } from '../error.ts';
import type { ErrorCode } from '../error-codes.ts';
import { withNulFields } from '../nul-fields.ts';
import { toFieldProblems } from './request-validator.ts';

/** The media type of every error answer, RFC 9457. */
const problemType = 'application/problem+json';

/** Stopping is wanted, and a full disk is told once: not with each request that is refused for it. */
export const knownStates: readonly ErrorCode[] = ['SERVICE_STOPPING', 'STORAGE_FULL'];

/** Turns every thrown error into a problem; only what is our own fault is logged as an error. */
export function setErrorHandler(
  app: FastifyInstance,
  partsOf: (error: MarketError) => ProblemParts = () => ({}),
): void {
  app.setErrorHandler((thrown: unknown, request, reply) => {
    const told = withNulFields(thrown, request.body);
    const error = toMarketError(told, request.routeOptions.bodyLimit);
    const failed = error.status >= 500 && !knownStates.includes(error.code);
    if (failed) request.log.error({ err: thrown }, 'request failed');
    else request.log.debug({ code: error.code }, 'request refused');
    const { retryAfterSec } = error.context;
    if (typeof retryAfterSec === 'number') void reply.header('retry-after', retryAfterSec);
    return reply
      .status(error.status)
      .type(problemType)
      .send({ ...toProblem(error, request.id), ...partsOf(error) });
  });
}

/** Answers an address that the router can't read, before there is a route: as one where nothing is. */
export function refuseAddress(
  error: FastifyError,
  request: Pick<FastifyRequest, 'id'>,
  reply: FastifyReply,
): void {
  const refused = new MarketError('ROUTE_NOT_FOUND', { detail: error.message }, { cause: error });
  const text = JSON.stringify(toProblem(refused, request.id));
  void reply.status(refused.status).type(problemType).send(text);
}

/** What an operating error or a bug of ours is to a caller. */
export function toMarketError(thrown: unknown, bodyLimit: number | undefined): MarketError {
  if (thrown instanceof MarketError) return thrown;
  const internal = new MarketError(
    'INTERNAL',
    { detail: 'Something went wrong on our side.' },
    { cause: thrown },
  );
  if (!(thrown instanceof Error)) return internal;
  const { code, message, statusCode, validation } = thrown as Partial<FastifyError> & Error;
  if (validation !== undefined) {
    const errors = toFieldProblems(validation as ErrorObject[]);
    const detail = errors
      .map(({ pointer, detail: text }) => `${pointer || '/'} ${text}`)
      .join('; ');
    return new MarketError('REQUEST_INVALID', { detail, errors });
  }
  switch (code ?? '') {
    case 'FST_ERR_CTP_BODY_TOO_LARGE': {
      const limit = bodyLimit === undefined ? '' : ` The limit is ${bodyLimit} bytes.`;
      return new MarketError('REQUEST_TOO_LARGE', { detail: `The body is too large.${limit}` });
    }
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new MarketError('CONTENT_TYPE_UNSUPPORTED');
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
    case 'FST_ERR_CTP_INVALID_JSON_BODY':
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return new MarketError('REQUEST_MALFORMED', { detail: message }, { cause: thrown });
    default:
      break;
  }
  if (thrown instanceof SyntaxError || statusCode === 400) {
    return new MarketError('REQUEST_MALFORMED', { detail: message }, { cause: thrown });
  }
  return internal;
}
