import Fastify from 'fastify';
import { describe, expect, it } from 'vitest';
import { MarketError } from '../error.ts';
import { acceptContracts } from './accept-contracts.ts';

async function answerTo(thrown: unknown) {
  const app = Fastify();
  acceptContracts(app);
  app.get('/', () => {
    throw thrown;
  });
  const { statusCode, headers, body } = await app.inject('/');
  await app.close();
  return { statusCode, headers, problem: JSON.parse(body) as Record<string, unknown> };
}

describe('the error handler', () => {
  it('passes our own errors on, with the time to wait in its header', async () => {
    const { statusCode, headers, problem } = await answerTo(
      new MarketError('RATE_LIMITED', { retryAfterSec: 3 }),
    );
    expect(statusCode).toBe(429);
    expect(headers['content-type']).toContain('application/problem+json');
    expect(headers['retry-after']).toBe('3');
    expect(problem).toMatchObject({ code: 'RATE_LIMITED', context: { retryAfterSec: 3 } });
  });

  it.each([new Error('password in a message'), 'a text', { statusCode: 200 }])(
    'tells nothing of what is our own fault (%#)',
    async (thrown) => {
      const { statusCode, problem } = await answerTo(thrown);
      expect(statusCode).toBe(500);
      expect(problem).toMatchObject({
        code: 'INTERNAL',
        detail: 'Something went wrong on our side.',
      });
    },
  );
});
