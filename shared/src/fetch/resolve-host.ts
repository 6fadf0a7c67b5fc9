import { isIP } from 'node:net';
import { limits } from '../limits.ts';
import { Turns } from '../turns.ts';
import { unreachable } from './fetch-deadlines.ts';
import { checkAddress, type FetchAllowance, hostOf } from './fetch-rules.ts';
import { lookUpName } from './look-up-name.ts';

export interface HostAddress {
  address: string;
  family: 4 | 6;
}

/** All addresses of a host name. Rejects with the reason of the signal once that is aborted. */
export type HostLookup = (host: string, signal: AbortSignal) => Promise<HostAddress[]>;

/** Look-ups of one caller at a time, so that its names that never answer hold up nobody else. */
const turns = new Turns(limits.lookupsPerCaller);

export interface LookupOptions {
  signal: AbortSignal;
  /** Whose URL it is, such as an account. */
  caller?: string | undefined;
  lookup?: HostLookup | undefined;
}

/**
 * The addresses to connect to, asked once: a name that answers differently the next time changes
 * nothing any more. One answer that is not public refuses the name: URL_FORBIDDEN.
 */
export async function resolveHost(
  url: URL,
  allow: FetchAllowance,
  { signal, caller = '', lookup = lookUpName }: LookupOptions,
): Promise<HostAddress[]> {
  const host = hostOf(url);
  const family = isIP(host);
  if (family !== 0) {
    checkAddress(host, allow);
    return [{ address: host, family: family === 6 ? 6 : 4 }];
  }
  const asked = turns.run(() => lookup(host, signal), { caller, signal });
  const found = await asked.catch((cause: unknown) => {
    signal.throwIfAborted();
    throw unreachable('dns', `The name ${host} is not known.`, cause);
  });
  if (found.length === 0) throw unreachable('dns', `The name ${host} has no address.`);
  for (const { address } of found) checkAddress(address, allow);
  return found;
}
