import rateLimit from '@fastify/rate-limit';
import { MarketError } from '@node3/shared/error';
import type { FastifyInstance } from 'fastify';

/** Writes that need no key cost us a row each: so many a minute from one address. */
const publicWritesPerMinute = 300;

/** Route configuration of a write without a key, or with one that anybody gets. */
export const publicWriteLimit = {
  rateLimit: { max: publicWritesPerMinute, timeWindow: '1 minute' },
};

/** A payment costs us a look at the chain, and its first half none: so many a minute from one address. */
const paymentsPerMinute = 120;

/** Route configuration of a request that is paid for with itself. */
export const paymentLimit = {
  rateLimit: { max: paymentsPerMinute, timeWindow: '1 minute' },
};

export async function addRateLimit(app: FastifyInstance): Promise<void> {
  await app.register(rateLimit, {
    global: false,
    errorResponseBuilder(_request, context) {
      const retryAfterSec = Math.ceil(context.ttl / 1_000);
      const detail = `At most ${context.max} such requests a minute from one address.`;
      return new MarketError('RATE_LIMITED', { detail, retryAfterSec });
    },
  });
}
