import type { FastifyRequest } from 'fastify';
import { describe, expect, it } from 'vitest';
import { ownOrigin } from './own-origin.ts';

const requestTo = (host: string) => ({ headers: { host } }) as FastifyRequest;

describe('our own origin', () => {
  it('is the configured one, whatever name a caller used', () => {
    const request = requestTo('market.example.evil');
    expect(ownOrigin('https://market.example', request)).toBe('https://market.example');
  });

  it.each(['127.0.0.1:8000', 'localhost:8000', '[::1]:8000'])('is %s on one machine', (host) => {
    expect(ownOrigin(null, requestTo(host))).toBe(`http://${host}`);
  });

  it.each(['market.example', '192.168.1.4:8000', 'localhost.evil', ''])(
    'is not taken from the name %j that anybody could have made up',
    (host) => {
      expect(() => ownOrigin(null, requestTo(host))).toThrow(
        expect.objectContaining({ code: 'SERVICE_MISCONFIGURED' }),
      );
    },
  );
});
