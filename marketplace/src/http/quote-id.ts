import { MarketError } from '@node3/shared/error';
import { idPattern } from '@node3/shared/ids';
import type { FastifyRequest } from 'fastify';

const pattern = new RegExp(idPattern('quote'));

/** The quote that a job is to be posted with. */
export function readQuoteId(request: FastifyRequest): string | null {
  const quoteId = request.headers['quote-id'];
  if (quoteId === undefined) return null;
  if (typeof quoteId === 'string' && pattern.test(quoteId)) return quoteId;
  const detail = 'The Quote-Id header must be an id that POST /api/v1/quotes answered.';
  throw new MarketError('REQUEST_INVALID', { detail, errors: [{ pointer: '/quote-id', detail }] });
}
