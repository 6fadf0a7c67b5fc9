import { execFileSync } from 'node:child_process';
import { mustSkip } from '@node3/shared/testing/resources';
import { describe, expect, it } from 'vitest';
import { findFirewall, Iptables, Nftables } from './firewall.ts';

const found = await findFirewall();
const missing = 'sentence' in found ? found.sentence : null;
const bridge = `n3e${String(process.pid).padStart(12, '0')}`;
const door = { bridge, gateway: '172.31.255.1', port: 40_001 };

/** What another program may take away, one at a time. */
const flushes = {
  nftables: ['input', 'forward'].map((chain) => [
    'nft',
    'flush',
    'chain',
    'inet',
    `node3_${bridge}`,
    chain,
  ]),
  iptables: ['iptables', 'ip6tables'].flatMap((program) => [
    [program, '-w', '-D', 'INPUT', '-i', bridge, '-j', 'DROP'],
    [program, '-w', '-D', 'FORWARD', '-i', bridge, '-j', 'DROP'],
    [program, '-w', '-D', 'FORWARD', '-o', bridge, '-j', 'DROP'],
  ]),
};

/** Rules may name an interface that is not there. */
describe.skipIf(mustSkip({ resource: 'firewall', missing }))('the rules of a bridge', () => {
  it.each([
    ['nftables', new Nftables('/usr/sbin/nft'), ['nft', 'list', 'ruleset']],
    ['iptables', new Iptables(['/usr/sbin/iptables', '/usr/sbin/ip6tables']), ['iptables-save']],
  ] as const)(
    'are set, set again and taken away by %s, and no others with them',
    async (...args) => {
      const [, firewall, [program, ...list]] = args;
      const rules = () => {
        const text = execFileSync(program, list, { encoding: 'utf8', stdio: 'pipe' });
        return text.split('\n').filter((line) => line.includes(bridge));
      };
      expect(await firewall.isProtected(bridge)).toBe(false);
      await firewall.protect(door);
      const first = rules();
      expect(first.length).toBeGreaterThan(3);
      await firewall.protect(door);
      expect(rules()).toEqual(first);
      expect(await firewall.isProtected(bridge)).toBe(true);
      for (const flush of flushes[firewall.name]) {
        execFileSync(flush[0] ?? '', flush.slice(1), { stdio: 'pipe' });
        expect(await firewall.isProtected(bridge)).toBe(false);
        await firewall.protect(door);
        expect(await firewall.isProtected(bridge)).toBe(true);
      }
      await firewall.release(bridge);
      expect(rules()).toEqual([]);
      expect(await firewall.isProtected(bridge)).toBe(false);
      await firewall.release(bridge);
    },
  );
});
