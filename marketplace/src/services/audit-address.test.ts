import { describe, expect, it } from 'vitest';
import { auditAddress } from './audit-address.ts';

describe('the address in an audit entry', () => {
  it.each([
    ['203.0.113.77', '203.0.113.0/24'],
    ['::ffff:203.0.113.77', '203.0.113.0/24'],
    ['2001:db8:85a3:8d3:1319:8a2e:370:7348', '2001:db8:85a3::/48'],
    ['2001:db8::1', '2001:db8:0::/48'],
    ['::1', '0:0:0::/48'],
  ])('of %s is %s', (ip, kept) => {
    expect(auditAddress(ip, 'truncated')).toBe(kept);
  });

  it('is kept whole, or not at all, where the operator wants that', () => {
    expect(auditAddress('::ffff:203.0.113.77', 'full')).toBe('203.0.113.77');
    expect(auditAddress('203.0.113.77', 'none')).toBeNull();
    expect(auditAddress(undefined, 'full')).toBeNull();
  });
});
