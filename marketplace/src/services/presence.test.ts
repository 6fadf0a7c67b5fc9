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

  it('counts when an agent was there: a break ends a spell, another process of it does not', () => {
    const clock = new ManualClock();
    const presence = new Presence(clock);
    const agent = newAgentRow('agt_1', 'wallet', 0);
    const startMs = clock.nowMs();
    const hear = (afterMs: number, instanceId = 'instance') => {
      clock.advance(afterMs);
      presence.seen(agent, instanceId);
    };
    const take = () =>
      presence
        .takeUnsaved()
        .flatMap(({ spells }) => spells)
        .map(({ fromMs, toMs }) => [fromMs - startMs, toMs - startMs]);
    hear(0);
    hear(25_000);
    expect(take()).toEqual([[0, 25_000]]);
    hear(25_000, 'next');
    hear(120_000, 'next');
    hear(25_000, 'next');
    const contacts = presence.takeUnsaved();
    presence.putBack(contacts);
    expect(take()).toEqual([
      [25_000, 50_000],
      [170_000, 195_000],
    ]);
    expect(presence.uncountedMs('agt_1', startMs + 195_000)).toBe(0);
    hear(25_000, 'next');
    clock.advance(10_000);
    expect(presence.uncountedMs('agt_1', startMs + 195_000)).toBe(35_000);
    clock.advance(60_000);
    expect(presence.uncountedMs('agt_1', startMs + 195_000)).toBe(25_000);
    expect(presence.uncountedMs('agt_1', startMs - 300_000)).toBe(0);
    expect(take()).toEqual([]);
  });

  it('holds a restart of the marketplace against those only that do not come back at once', () => {
    const clock = new ManualClock();
    const nowMs = clock.nowMs();
    const rowOf = (agentId: string, lastSeenAtMs: number) => ({
      ...newAgentRow(agentId, 'wallet', 0),
      instanceId: 'instance',
      lastSeenAtMs,
    });
    const rows = {
      there: rowOf('agt_1', nowMs - 600_000),
      late: rowOf('agt_2', nowMs - 610_000),
      gone: rowOf('agt_3', nowMs - 3_600_000),
    };
    const presence = new Presence(clock);
    presence.restore(Object.values(rows));
    clock.advance(30_000);
    presence.seen(rows.there, 'instance');
    presence.seen(rows.gone, 'instance');
    clock.advance(600_000);
    presence.seen(rows.late, 'instance');
    const spells = new Map(presence.takeRest().map((one) => [one.agentId, one.spells]));
    expect(spells.get('agt_1')).toEqual([{ fromMs: nowMs - 600_000, toMs: nowMs + 30_000 }]);
    expect([spells.get('agt_2'), spells.get('agt_3')]).toEqual([[], []]);
  });

  it('limits the stored offer of an agent that has not said any here', () => {
    const said = testOffer();
    const agent = { ...newAgentRow('agt_1', 'wallet', 0), offer: said };
    const presence = new Presence(new ManualClock(), (_, offer) => ({ ...offer, cpus: 1 }));
    presence.seen(agent, 'instance');
    expect(presence.offerOf(agent)).toEqual({ ...said, cpus: 1 });
  });
});
