import { describe, expect, it } from 'vitest';
import { areHostsWithin, isEgressHost, isHostIn } from './egress-hosts.ts';

describe('isEgressHost', () => {
  it.each(['example.com', '*.example.com', 'a-b.example.co', 'xn--bcher-kva.example'])(
    'takes %s',
    (entry) => expect(isEgressHost(entry)).toBe(true),
  );

  it.each([
    '*',
    'localhost',
    '10.0.0.1',
    '0x7f.1',
    '2130706433',
    '127.1',
    '[::1]',
    'Example.com',
    'example.com.',
    'example.com:22',
    'a.*.example.com',
    'user@example.com',
    '-a.example.com',
    `${'a.'.repeat(130)}com`,
  ])('refuses %s', (entry) => expect(isEgressHost(entry)).toBe(false));
});

describe('isHostIn', () => {
  it('compares names whole, or below a domain', () => {
    const entries = ['example.com', '*.files.example'];
    const hosts = [
      'EXAMPLE.com',
      'a.files.example',
      'files.example',
      'notexample.com',
      'x.example.com',
    ];
    expect(hosts.filter((host) => isHostIn(host, entries))).toEqual(hosts.slice(0, 2));
  });

  it('lets no address through, even where every host is allowed', () => {
    const hosts = ['10.0.0.1', '0x7f000001', '[::1]', 'localhost', '*.example.com'];
    expect(hosts.filter((host) => isHostIn(host, ['*']))).toEqual([]);
    expect(isHostIn('any.example', ['*'])).toBe(true);
  });
});

describe('areHostsWithin', () => {
  it('asks that every entry is covered', () => {
    expect(areHostsWithin(['a.example.com', '*.b.example.com'], ['*.example.com'])).toBe(true);
    expect(areHostsWithin(['a.example.com', 'other.com'], ['*.example.com'])).toBe(false);
    expect(areHostsWithin(['*.example.com'], ['a.example.com'])).toBe(false);
    expect(areHostsWithin(['example.com'], [])).toBe(false);
    expect(areHostsWithin(['*.example.com'], ['*'])).toBe(true);
  });
});
