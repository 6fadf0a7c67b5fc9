import type { FastifyRequest } from 'fastify';
import { MarketError } from '../error.ts';
import { isSameSecret } from '../same-secret.ts';
import { readBearer } from './bearer.ts';

const loopback = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1']);

/** Names that a proxy on this machine leaves: then it is not the caller who is here. */
const forwarding = ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via'];

/**
 * Lets in who holds the token, or, where none is set, programs of this machine that no proxy speaks
 * for. Throws AUTH_REQUIRED, AUTH_INVALID or AUTH_FORBIDDEN.
 */
export function assertMayScrape(request: FastifyRequest, token: string | null): void {
  if (token === null) {
    const isForwarded = forwarding.some((name) => request.headers[name] !== undefined);
    if (!isForwarded && loopback.has(request.socket.remoteAddress ?? '')) return;
    const detail =
      'Metrics are for programs on this machine. Set METRICS_TOKEN to read them from elsewhere.';
    throw new MarketError('AUTH_FORBIDDEN', { detail });
  }
  const given = readBearer(request.headers);
  if (given === null) throw new MarketError('AUTH_REQUIRED');
  if (!isSameSecret(given, token)) throw new MarketError('AUTH_INVALID');
}
