import { BlockList, isIP } from 'node:net';

/**
 * Which addresses a URL of a stranger may lead to: those of the public internet. The ranges are
 * those of IANA's registries of special-purpose addresses, read in November 2026.
 */

const privateV4 = subnets('ipv4', [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
]);

/** All that is public today; NAT64, unique local, link-local and multicast are outside of it. */
const globalV6 = subnets('ipv6', [['2000::', 3]]);

/** Parts of it that are not: protocol assignments with Teredo, documentation, 6to4. */
const privateV6 = subnets('ipv6', [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
]);

/** False for what is private, reserved, tunnelled or no address at all. */
export function isPublicAddress(address: string): boolean {
  const [plain = ''] = address.split('%');
  if (isIP(plain) === 4) return !privateV4.check(plain, 'ipv4');
  if (isIP(plain) !== 6) return false;
  const mapped = mappedV4(plain);
  if (mapped !== null) return !privateV4.check(mapped, 'ipv4');
  return globalV6.check(plain, 'ipv6') && !privateV6.check(plain, 'ipv6');
}

/** Whether an address is in one of the networks that the operator allows, such as `10.1.0.0/16`. */
export function isInNetworks(address: string, networks: readonly string[]): boolean {
  const [plain = ''] = address.split('%');
  const mapped = isIP(plain) === 6 ? mappedV4(plain) : null;
  const meant = mapped ?? plain;
  if (isIP(meant) === 0) return false;
  const family = isIP(meant) === 4 ? 'ipv4' : 'ipv6';
  return networks.some((network) => {
    const [base = '', bits = ''] = network.split('/');
    if ((isIP(base) === 4 ? 'ipv4' : 'ipv6') !== family) return false;
    return subnets(family, [[base, Number(bits)]]).check(meant, family);
  });
}

/** The IPv4 address in `::ffff:a.b.c.d`, however it is written; null when it is no such address. */
function mappedV4(address: string): string | null {
  // The URL parser writes every IPv6 address in its one short form.
  const host = new URL(`http://[${address}]/`).hostname;
  const match = /^\[::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})\]$/.exec(host);
  if (match === null) return null;
  const [high, low] = [Number.parseInt(match[1] ?? '', 16), Number.parseInt(match[2] ?? '', 16)];
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

function subnets(family: 'ipv4' | 'ipv6', ranges: readonly (readonly [string, number])[]) {
  const list = new BlockList();
  for (const [base, bits] of ranges) list.addSubnet(base, bits, family);
  return list;
}
