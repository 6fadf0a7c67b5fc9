import type { IncomingHttpHeaders } from 'node:http';

/** @returns what stands after `Bearer` in the header `authorization`; null without one. */
export function readBearer(headers: IncomingHttpHeaders): string | null {
  return /^Bearer +(.+)$/i.exec(headers.authorization ?? '')?.[1]?.trim() ?? null;
}
