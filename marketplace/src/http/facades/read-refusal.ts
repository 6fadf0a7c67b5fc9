import { MarketError } from '@node3/shared/error';
import { knownStates, toMarketError } from '@node3/shared/http/error-handler';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';

export interface Refusal {
  error: MarketError;
  /** Where the wrong fields are, in the words of FastAPI. */
  part: 'body' | 'query' | 'path';
}

const parts: Record<string, Refusal['part']> = { querystring: 'query', params: 'path' };

/**
 * What was thrown, for a seed to say in its own words. Seeds have no form of an id: one of another
 * form is the id of nothing.
 */
export function readRefusal(
  thrown: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): Refusal {
  const part = parts[(thrown as Partial<FastifyError>).validationContext ?? ''] ?? 'body';
  const { jobId } = Object(request.params) as { jobId?: string };
  const isNoJob = part === 'path' && jobId !== undefined;
  const error = isNoJob
    ? new MarketError('JOB_NOT_FOUND', { detail: 'There is no job with this id.', jobId })
    : toMarketError(thrown, request.routeOptions.bodyLimit);
  const failed = error.status >= 500 && !knownStates.includes(error.code);
  if (failed) request.log.error({ err: thrown }, 'request failed');
  else request.log.debug({ code: error.code }, 'request refused');
  const { retryAfterSec } = error.context;
  if (typeof retryAfterSec === 'number') void reply.header('retry-after', retryAfterSec);
  return { error, part };
}
