import { MarketError } from '@node3/shared/error';
import type { FastifyRequest } from 'fastify';

const loopbackHosts = new Set(['127.0.0.1', 'localhost', '[::1]']);

/**
 * Our address as signers know it: the configured one. Without one only callers of this machine are
 * believed about the name they used, since a name from elsewhere may belong to somebody else.
 */
export function ownOrigin(publicUrl: string | null, request: FastifyRequest): string {
  if (publicUrl !== null) return new URL(publicUrl).origin;
  const origin = `http://${request.headers.host ?? ''}`;
  if (URL.canParse(origin) && loopbackHosts.has(new URL(origin).hostname)) {
    return new URL(origin).origin;
  }
  const detail =
    'This marketplace is reached from elsewhere but its operator has not set MARKETPLACE_PUBLIC_URL.';
  throw new MarketError('SERVICE_MISCONFIGURED', { detail });
}
