import { describe, expect, it } from 'vitest';
import { isInNetworks, isPublicAddress } from './public-address.ts';

const inside = [
  '0.0.0.0',
  '10.0.0.1',
  '100.64.0.1',
  '100.100.100.200',
  '127.0.0.1',
  '127.255.255.254',
  '169.254.169.254',
  '172.16.0.1',
  '172.31.255.255',
  '192.0.0.8',
  '192.0.2.1',
  '192.88.99.1',
  '192.168.1.1',
  '198.18.0.1',
  '198.51.100.1',
  '203.0.113.1',
  '224.0.0.1',
  '240.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  '::127.0.0.1',
  '::ffff:127.0.0.1',
  '::ffff:7f00:1',
  '0:0:0:0:0:ffff:a9fe:a9fe',
  '64:ff9b::7f00:1',
  '64:ff9b:1::1',
  '100::1',
  '2001::1',
  '2001:0:4136:e378:8000:63bf:3fff:fdd2',
  '2001:db8::1',
  '2002:7f00:1::1',
  '3fff::1',
  '5f00::1',
  'fc00::1',
  'fd12:3456::1',
  'fe80::1',
  'fe80::1%eth0',
  'fec0::1',
  'ff02::1',
  'localhost',
  '',
  '1.2.3',
];

const outside = [
  '1.1.1.1',
  '8.8.8.8',
  '93.184.216.34',
  '172.15.255.255',
  '172.32.0.1',
  '100.63.255.255',
  '100.128.0.1',
  '::ffff:8.8.8.8',
  '2606:4700:4700::1111',
  '2a00:1450:4001:830::200e',
];

describe('addresses', () => {
  it.each(inside)('%s is not public', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  it.each(outside)('%s is public', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  it('are in a network of either family, and never in one of the other', () => {
    expect(isInNetworks('10.1.2.3', ['fd00::/8', '10.1.0.0/16'])).toBe(true);
    expect(isInNetworks('::ffff:10.1.2.3', ['10.1.0.0/16'])).toBe(true);
    expect(isInNetworks('10.2.0.1', ['10.1.0.0/16'])).toBe(false);
    expect(isInNetworks('fd00::1%eth0', ['fd00::/8'])).toBe(true);
    expect(isInNetworks('nonsense', ['0.0.0.0/0', '::/0'])).toBe(false);
  });
});
