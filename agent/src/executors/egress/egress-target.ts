import { isHostIn } from '@node3/shared/egress-hosts';
import { lookUpName } from '@node3/shared/fetch/look-up-name';
import { isPublicAddress } from '@node3/shared/fetch/public-address';

/** Where a connection goes: addresses that were looked up once and are used as they are. */
export interface EgressTarget {
  host: string;
  addresses: readonly string[];
  port: number;
}

/** `status` is what the proxy answers, `sentence` why. */
export interface EgressRefusal {
  status: 400 | 403 | 502;
  sentence: string;
}

/** All addresses of a host. Throws when there are none. */
export type HostLookup = (host: string) => Promise<readonly string[]>;

export interface EgressRules {
  /** What the job asked for. */
  jobHosts: readonly string[];
  /** What the provider allows; a host must be in both. */
  policyHosts: readonly string[];
  lookup: HostLookup;
}

const lookupMs = 10_000;

/** Not by the system's own look-up, of which a few that hang would hold up the whole agent. */
export async function lookupSystem(host: string): Promise<readonly string[]> {
  const found = await lookUpName(host, AbortSignal.timeout(lookupMs));
  return found.map(({ address }) => address);
}

/** Reads `host:port` of a CONNECT request: TLS on its own port and nothing else. */
export function readTunnelTarget(
  authority: string,
): { host: string; port: number } | EgressRefusal {
  const match = /^(?<host>[A-Za-z0-9.-]{1,253}):(?<port>\d{1,5})$/.exec(authority);
  const host = match?.groups?.['host'];
  if (host === undefined) return { status: 403, sentence: 'Only host names are reachable.' };
  const port = Number(match?.groups?.['port']);
  if (port === tunnelPort) return { host: host.toLowerCase(), port };
  return { status: 403, sentence: `Tunnels lead to port ${tunnelPort} only.` };
}

/** Reads the absolute URL of a plain request: HTTP on its own port and nothing else. */
export function readPlainTarget(
  url: string,
): { host: string; port: number; path: string } | EgressRefusal {
  if (!URL.canParse(url)) return { status: 400, sentence: 'This is a proxy: send whole URLs.' };
  const { protocol, hostname, port, username, password, pathname, search } = new URL(url);
  if (protocol !== 'http:' || username !== '' || password !== '') {
    return { status: 403, sentence: 'Only http:// URLs without credentials are sent on.' };
  }
  if (port !== '') return { status: 403, sentence: `Plain requests go to port ${plainPort} only.` };
  return { host: hostname, port: plainPort, path: `${pathname}${search}` };
}

const tunnelPort = 443;
const plainPort = 80;

/**
 * Decides whether a host may be reached and finds its address. One answer that is not public refuses
 * the name, so none that changes its answers leads to this machine or its network.
 */
export async function findTarget(
  { host, port }: { host: string; port: number },
  rules: EgressRules,
): Promise<EgressTarget | EgressRefusal> {
  if (!isHostIn(host, rules.jobHosts)) {
    return { status: 403, sentence: `The job did not ask for ${host}.` };
  }
  if (!isHostIn(host, rules.policyHosts)) {
    return { status: 403, sentence: `The provider does not allow ${host}.` };
  }
  const addresses = await rules.lookup(host).catch(() => []);
  if (addresses.length === 0) return { status: 502, sentence: `The name ${host} is not known.` };
  if (!addresses.every(isPublicAddress)) {
    return { status: 403, sentence: `${host} is not an address of the public internet.` };
  }
  return { host, addresses, port };
}
