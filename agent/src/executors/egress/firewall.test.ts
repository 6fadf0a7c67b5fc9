import { expect, it } from 'vitest';
import { iptablesRules, nftScript } from './firewall.ts';

const door = { bridge: 'n3e0123456789ab', gateway: '172.18.0.1', port: 40_001 };

it('threat 22: leaves one door open from a bridge and drops the rest, in one transaction', () => {
  expect(nftScript(door)).toBe(`add table inet node3_n3e0123456789ab
delete table inet node3_n3e0123456789ab
table inet node3_n3e0123456789ab {
  chain input {
    type filter hook input priority -10; policy accept;
    iifname "n3e0123456789ab" ip daddr 172.18.0.1 tcp dport 40001 accept
    iifname "n3e0123456789ab" drop
  }
  chain forward {
    type filter hook forward priority -10; policy accept;
    iifname "n3e0123456789ab" drop
    oifname "n3e0123456789ab" drop
  }
}
`);
});

it('says the same to iptables, the door last so that it comes first', () => {
  const drops = ['FORWARD -o', 'FORWARD -i', 'INPUT -i'];
  const text = iptablesRules(door, 'ipv4').map((rule) => rule.join(' '));
  expect(text.slice(0, 3)).toEqual(drops.map((rule) => `${rule} n3e0123456789ab -j DROP`));
  expect(text[3]).toBe('INPUT -i n3e0123456789ab -d 172.18.0.1 -p tcp --dport 40001 -j ACCEPT');
  expect(iptablesRules(door, 'ipv6')).toHaveLength(3);
});
