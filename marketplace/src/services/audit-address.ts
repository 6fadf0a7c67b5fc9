import { isIPv4 } from 'node:net';

/** How much of an address the audit log keeps. */
export const auditAddresses = ['full', 'truncated', 'none'] as const;
export type AuditAddress = (typeof auditAddresses)[number];

/** IPv4 without its last number, IPv6 with its first 48 bits: a network, and no person. */
export function auditAddress(ip: string | undefined, keep: AuditAddress): string | null {
  if (ip === undefined || keep === 'none') return null;
  const plain = ip.startsWith('::ffff:') && isIPv4(ip.slice(7)) ? ip.slice(7) : ip;
  if (keep === 'full') return plain;
  if (isIPv4(plain)) return `${plain.split('.').slice(0, 3).join('.')}.0/24`;
  const [head = '', tail] = plain.split('::', 2);
  const groups = head === '' ? [] : head.split(':');
  const known = tail === undefined ? groups : [...groups, '0', '0', '0'];
  return `${known.slice(0, 3).join(':')}::/48`;
}
