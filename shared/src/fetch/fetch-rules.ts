import { isIP } from 'node:net';
import { MarketError } from '../error.ts';
import { isInNetworks, isPublicAddress } from './public-address.ts';

/** What a deployment allows beyond the public internet on the usual ports. */
export interface FetchAllowance {
  /** Instead of 80, 443, 8080 and 8443. `any` is for tests and closed networks. */
  ports?: readonly number[] | 'any';
  /** Private networks that may be reached, in CIDR notation, such as `10.1.0.0/16`. */
  networks?: readonly string[];
}

/** Why a URL is not fetched, for the `reason` in the error's context. */
export type RefusedBecause = 'url' | 'scheme' | 'userinfo' | 'port' | 'address' | 'redirect';

const usualPorts: readonly number[] = [80, 443, 8080, 8443];

/** Reads a URL of a stranger. Throws URL_FORBIDDEN for what is never fetched. */
export function checkUrl(text: string, allow: FetchAllowance): URL {
  if (!URL.canParse(text)) throw forbidden('url', 'is not a URL');
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw forbidden('scheme', `has the scheme ${url.protocol} and must have https: or http:`);
  }
  if (url.username !== '' || url.password !== '') {
    throw forbidden('userinfo', 'has a user name or a password in it');
  }
  const ports = allow.ports ?? usualPorts;
  if (ports !== 'any' && !ports.includes(portOf(url))) {
    throw forbidden('port', `leads to port ${portOf(url)}; allowed are ${ports.join(', ')}`);
  }
  const host = hostOf(url);
  // The parser has turned every way of writing a number, such as 0x7f.1, into the usual one.
  if (isIP(host) !== 0) checkAddress(host, allow);
  return url;
}

/** Where a redirect leads: checked like the first URL, and never from https to http. */
export function checkRedirect(from: URL, location: string, allow: FetchAllowance): URL {
  if (!URL.canParse(location, from.href)) {
    throw forbidden('redirect', 'redirects to what is no URL');
  }
  const next = checkUrl(new URL(location, from).href, allow);
  if (from.protocol === 'https:' && next.protocol === 'http:') {
    throw forbidden('redirect', 'redirects from https to http');
  }
  return next;
}

/** Throws URL_FORBIDDEN for an address that is not public and in no allowed network. */
export function checkAddress(address: string, allow: FetchAllowance): void {
  if (isPublicAddress(address)) return;
  if (isInNetworks(address, allow.networks ?? [])) return;
  // Which one is nobody's business who only knows the name.
  throw forbidden('address', 'leads to an address that is not public');
}

export function portOf(url: URL): number {
  if (url.port !== '') return Number(url.port);
  return url.protocol === 'https:' ? 443 : 80;
}

/** The host without the brackets of IPv6. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '');
}

export function forbidden(reason: RefusedBecause, what: string): MarketError {
  return new MarketError('URL_FORBIDDEN', { detail: `The URL ${what}.`, reason });
}
