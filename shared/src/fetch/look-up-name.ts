import { Resolver } from 'node:dns/promises';
import { addressesInHosts, hostsPath } from './hosts-file.ts';
import type { HostAddress, HostLookup } from './resolve-host.ts';

export interface NameSources {
  /** DNS servers as `address:port`; absent: those of the system. */
  servers?: readonly string[];
  hostsPath?: string;
  /** The first try of one server; c-ares doubles it for the next ones. Absent: a second. */
  tryMs?: number;
}

const tries = 3;
/** Some servers never answer for IPv6: whoever has an address of one kind waits no longer. */
const otherKindMs = 500;

/**
 * Looks names up as the system does, in its hosts file and then by DNS, but never in the four
 * threads that `getaddrinfo` shares with all files of the process: names that never answer would
 * hold them all. Names are complete; no search list makes an inner one of a stranger's.
 */
export function createNameLookup(sources: NameSources = {}): HostLookup {
  return async (host, signal) => {
    const name = host.replace(/\.$/, '').toLowerCase();
    const given = await addressesInHosts(sources.hostsPath ?? hostsPath, name);
    if (given.length > 0) return given;
    // RFC 6761: these never leave the machine.
    if (name === 'localhost' || name.endsWith('.localhost')) return loopback;
    return askServers(name, sources, signal);
  };
}

/** Of the system. */
export const lookUpName = createNameLookup();

const loopback: HostAddress[] = [
  { address: '127.0.0.1', family: 4 },
  { address: '::1', family: 6 },
];

/** Both kinds of addresses, those of IPv4 first. One kind may be missing; then the other is enough. */
async function askServers(
  name: string,
  { servers, tryMs = 1_000 }: NameSources,
  signal: AbortSignal,
): Promise<HostAddress[]> {
  signal.throwIfAborted();
  // One for each look-up, so that it can be ended without the others.
  const resolver = new Resolver({ timeout: tryMs, tries });
  if (servers !== undefined) resolver.setServers([...servers]);
  const stop = () => resolver.cancel();
  signal.addEventListener('abort', stop, { once: true });
  try {
    const answers = [resolver.resolve4(name), resolver.resolve6(name)] as const;
    const stopSoon = () => void setTimeout(stop, otherKindMs).unref();
    Promise.any(answers).then(stopSoon, () => undefined);
    const [four, six] = await Promise.allSettled(answers);
    signal.throwIfAborted();
    if (four.status === 'rejected' && six.status === 'rejected') throw four.reason;
    return [...addressesOf(four, 4), ...addressesOf(six, 6)];
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

function addressesOf(answer: PromiseSettledResult<string[]>, family: 4 | 6): HostAddress[] {
  if (answer.status === 'rejected') return [];
  return answer.value.map((address) => ({ address, family }));
}
