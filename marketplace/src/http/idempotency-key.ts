import { MarketError } from '@node3/shared/error';
import type { FastifyRequest } from 'fastify';

/** Up to 255 printable characters, scoped to the account. */
export function readIdempotencyKey(request: FastifyRequest): string | null {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return null;
  if (typeof key === 'string' && /^[\x21-\x7e]{1,255}$/.test(key)) return key;
  const detail = 'The Idempotency-Key header must be 1 to 255 printable characters without spaces.';
  const errors = [{ pointer: '/idempotency-key', detail }];
  throw new MarketError('REQUEST_INVALID', { detail, errors });
}
