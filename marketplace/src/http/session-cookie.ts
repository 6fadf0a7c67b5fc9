import { MarketError } from '@node3/shared/error';
import { csrfHeader, signInLimits } from '@node3/shared/sign-in-limits';
import type { KeyHolder } from './auth.ts';

/** Where the cookie is kept: browsers refuse a `__Host-` one that another host or plain HTTP sets. */
function cookieName(publicUrl: string | null): string {
  return isSecure(publicUrl) ? '__Host-node3_session' : 'node3_session';
}

function isSecure(publicUrl: string | null): boolean {
  return publicUrl?.startsWith('https:') ?? false;
}

/** @param token null takes it away. */
export function sessionCookie(publicUrl: string | null, token: string | null): string {
  return [
    `${cookieName(publicUrl)}=${token ?? ''}`,
    'Path=/',
    'HttpOnly',
    'SameSite=Strict',
    `Max-Age=${token === null ? 0 : signInLimits.sessionMs / 1_000}`,
    ...(isSecure(publicUrl) ? ['Secure'] : []),
  ].join('; ');
}

/** What the cookie of a session holds; null where there is none. */
export function readSessionCookie(
  publicUrl: string | null,
  { headers }: Pick<KeyHolder, 'headers'>,
): string | null {
  const name = cookieName(publicUrl);
  for (const pair of headers.cookie?.split(';') ?? []) {
    const [key, value = ''] = pair.trim().split('=', 2);
    if (key === name && value !== '') return value;
  }
  return null;
}

type Asking = Pick<KeyHolder, 'headers'> & { method?: string | undefined };

/**
 * A cookie comes along whoever makes the browser ask. Throws ORIGIN_REFUSED where that is not one of our
 * own pages: by `Sec-Fetch-Site` and `Origin`, and for a change by a header that forms can't send.
 */
export function assertOwnPage(publicUrl: string | null, request: Asking): void {
  const { headers, method = 'GET' } = request;
  if (!isOwnPage(publicUrl, request)) throw new MarketError('ORIGIN_REFUSED');
  if (method === 'GET' || method === 'HEAD') return;
  const isTold = headers['sec-fetch-site'] !== undefined || headers.origin !== undefined;
  if (!isTold || headers[csrfHeader] !== '1') throw new MarketError('ORIGIN_REFUSED');
}

/** Whether what the browser says of the asking page, if anything, names one of ours. */
export function isOwnPage(
  publicUrl: string | null,
  { headers }: Pick<KeyHolder, 'headers'>,
): boolean {
  const site = headers['sec-fetch-site'];
  const isOwnSite = site === undefined || site === 'same-origin' || site === 'none';
  return isOwnSite && isOwnOrigin(publicUrl, headers);
}

function isOwnOrigin(publicUrl: string | null, { origin, host }: KeyHolder['headers']): boolean {
  if (origin === undefined) return true;
  if (publicUrl !== null) return origin === new URL(publicUrl).origin;
  return URL.canParse(origin) && new URL(origin).host === host;
}
