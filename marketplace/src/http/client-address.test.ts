import { describe, expect, it } from 'vitest';
import { clientAddresses } from './client-address.ts';

const told = (remoteAddress: string, forwarded?: string) => ({
  socket: { remoteAddress },
  headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
});

describe('clientAddresses', () => {
  const addressOf = clientAddresses(['10.0.0.2', '10.1.0.0/16', '2001:db8::/32']);

  it('believes a trusted proxy, as far as the first one that is not', () => {
    expect(addressOf(told('10.0.0.2', '203.0.113.7'))).toBe('203.0.113.7');
    expect(addressOf(told('10.0.0.2', '198.51.100.1, 203.0.113.7, 10.1.2.3'))).toBe('203.0.113.7');
    expect(addressOf(told('::ffff:10.0.0.2', '203.0.113.7'))).toBe('203.0.113.7');
    expect(addressOf(told('2001:db8::1', '203.0.113.7'))).toBe('203.0.113.7');
  });

  it('believes nobody else, and nothing that is no address', () => {
    expect(addressOf(told('203.0.113.9', '198.51.100.1'))).toBe('203.0.113.9');
    expect(addressOf(told('10.0.0.2', 'unknown'))).toBe('10.0.0.2');
    expect(addressOf(told('10.0.0.2'))).toBe('10.0.0.2');
    expect(clientAddresses([])(told('127.0.0.1', '198.51.100.1'))).toBe('127.0.0.1');
  });
});
