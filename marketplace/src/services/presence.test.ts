import { ManualClock } from '@node3/shared/testing/manual-clock';
import { describe, expect, it } from 'vitest';
import { newAgentRow } from '../store/testing/agent-rows.ts';
import { testOffer } from '../testing/test-marketplace.ts';
import { Presence } from './presence.ts';

describe('presence', () => {
  it('remembers the processes that were replaced lately, not all there ever were', () => {
    const agent = newAgentRow('agt_1', 'wallet', 0);
    const presence = new Presence(new ManualClock());
    for (let i = 0; i < 100; i += 1) presence.seen(agent, `instance-${i}`);
    expect(() => presence.seen(agent, 'instance-98')).toThrow('Another process');
    expect(() => presence.seen(agent, 'instance-84')).toThrow('Another process');
    expect(presence.seen(agent, 'instance-2').instanceId).toBe('instance-2');
  });

  it('limits the stored offer of an agent that has not said any here', () => {
    const said = testOffer();
    const agent = { ...newAgentRow('agt_1', 'wallet', 0), offer: said };
    const presence = new Presence(new ManualClock(), (_, offer) => ({ ...offer, cpus: 1 }));
    presence.seen(agent, 'instance');
    expect(presence.offerOf(agent)).toEqual({ ...said, cpus: 1 });
  });
});
