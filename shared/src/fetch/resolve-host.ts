import { lookup as systemLookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { unreachable } from './fetch-deadlines.ts';
import { checkAddress, type FetchAllowance, hostOf } from './fetch-rules.ts';

export interface HostAddress {
  address: string;
  family: 4 | 6;
}

/** All addresses of a host name. Tests give their own. */
export type HostLookup = (host: string) => Promise<HostAddress[]>;

async function lookupAll(host: string): Promise<HostAddress[]> {
  const found = await systemLookup(host, { all: true, order: 'ipv4first' });
  return found.map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 }));
}

/**
 * The addresses to connect to, asked once: a name that answers differently the next time changes
 * nothing any more. One answer that is not public refuses the name: URL_FORBIDDEN.
 */
export async function resolveHost(
  url: URL,
  allow: FetchAllowance,
  lookup: HostLookup = lookupAll,
): Promise<HostAddress[]> {
  const host = hostOf(url);
  const family = isIP(host);
  if (family !== 0) {
    checkAddress(host, allow);
    return [{ address: host, family: family === 6 ? 6 : 4 }];
  }
  const found = await lookup(host).catch((cause: unknown) => {
    throw unreachable('dns', `The name ${host} is not known.`, cause);
  });
  if (found.length === 0) throw unreachable('dns', `The name ${host} has no address.`);
  for (const { address } of found) checkAddress(address, allow);
  return found;
}
