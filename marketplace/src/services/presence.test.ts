import { ManualClock } from '@node3/shared/testing/manual-clock';
import { describe, expect, it } from 'vitest';
import { Presence } from './presence.ts';

describe('presence', () => {
  it('remembers the processes that were replaced lately, not all there ever were', () => {
    const presence = new Presence(new ManualClock());
    for (let i = 0; i < 100; i += 1) presence.seen('agt_1', `instance-${i}`);
    expect(() => presence.seen('agt_1', 'instance-98')).toThrow('Another process');
    expect(() => presence.seen('agt_1', 'instance-84')).toThrow('Another process');
    expect(presence.seen('agt_1', 'instance-2').instanceId).toBe('instance-2');
  });
});
