import type { IncomingHttpHeaders } from 'node:http';
import type { ErrorCode } from '@node3/shared/error-codes';

export interface GuardedRequest {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  upgrade: boolean;
}

export interface Refusal {
  code: ErrorCode;
  detail: string;
}

/**
 * Keeps web pages from driving the agent. A page that the provider visits can send requests to
 * loopback, open sockets there, and by DNS rebinding even read answers; each check closes one of
 * these ways. Programs of this machine are kept out by `local-access.ts`.
 * @returns null for a request that may pass.
 */
export function findRefusal(request: GuardedRequest, port: number): Refusal | null {
  // Not [::1]: the agent does not listen there, so whoever answers there is somebody else.
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
  const { headers } = request;
  const writes = !['GET', 'HEAD'].includes(request.method);
  if (!hosts.includes(headers.host ?? '')) {
    return forbid('This host name is not the agent. Use 127.0.0.1 or localhost.');
  }
  if (headers.origin !== undefined && !hosts.some((host) => headers.origin === `http://${host}`)) {
    return forbid('Another web page may not use the agent.');
  }
  if (request.upgrade && headers.origin === undefined) {
    return forbid('A WebSocket needs the Origin header of the dashboard.');
  }
  const site = headers['sec-fetch-site'];
  const foreign = site !== undefined && site !== 'same-origin' && site !== 'none';
  // Following a link to the dashboard from another site is fine, calling its API is not.
  if (foreign && (writes || request.upgrade || request.path.startsWith('/api'))) {
    return forbid('Another web page may not use the agent.');
  }
  if (writes && !isJson(headers['content-type']) && !isBareCall(headers)) {
    return { code: 'CONTENT_TYPE_UNSUPPORTED', detail: 'Only application/json is taken.' };
  }
  return null;
}

function forbid(detail: string): Refusal {
  return { code: 'AGENT_ORIGIN_REFUSED', detail };
}

/** A program's call without a body. Every browser marks its own with one of these headers at least. */
function isBareCall(headers: IncomingHttpHeaders): boolean {
  const marks = ['origin', 'sec-fetch-site', 'sec-fetch-mode', 'referer', 'cookie'];
  const bodies = ['content-type', 'transfer-encoding'];
  const isEmpty = (headers['content-length'] ?? '0') === '0';
  return isEmpty && [...marks, ...bodies].every((name) => headers[name] === undefined);
}

function isJson(contentType: string | undefined): boolean {
  return contentType?.split(';')[0]?.trim().toLowerCase() === 'application/json';
}
