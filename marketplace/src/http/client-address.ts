import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';

type Told = Pick<IncomingMessage, 'headers'> & {
  socket: Pick<IncomingMessage['socket'], 'remoteAddress'>;
};

/**
 * Whose request it is, also where there is only the upgrade of a socket: what a trusted proxy says it
 * came from, as far as each one is trusted. The same as Fastify's `request.ip`.
 */
export function clientAddresses(trusted: readonly string[]): (told: Told) => string | undefined {
  const proxies = new BlockList();
  for (const proxy of trusted) {
    const [address = '', bits] = proxy.split('/');
    const family = familyOf(address);
    if (bits === undefined) proxies.addAddress(address, family);
    else proxies.addSubnet(address, Number(bits), family);
  }
  return ({ headers, socket }) => {
    const header = headers['x-forwarded-for'];
    const named = (typeof header === 'string' ? header : '').split(',').map((one) => one.trim());
    let address = socket.remoteAddress;
    for (const next of named.toReversed()) {
      if (address === undefined || !isTrusted(proxies, address) || isIP(next) === 0) break;
      address = next;
    }
    return address;
  };
}

/** An IPv4 address that came by IPv6 is found by its own networks, too. */
function isTrusted(proxies: BlockList, address: string): boolean {
  return isIP(address) !== 0 && proxies.check(address, familyOf(address));
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}
