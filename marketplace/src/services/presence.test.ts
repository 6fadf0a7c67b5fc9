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

  const rowOf = (agentId: string, lastSeenAtMs: number) => ({
    ...newAgentRow(agentId, 'wallet', 0),
    instanceId: 'instance',
    lastSeenAtMs,
  });

  it('holds a short restart of the marketplace against those only that do not come back at once', () => {
    const clock = new ManualClock();
    const nowMs = clock.nowMs();
    const rows = {
      there: rowOf('agt_1', nowMs - 300_000),
      late: rowOf('agt_2', nowMs - 310_000),
      gone: rowOf('agt_3', nowMs - 3_600_000),
    };
    const presence = new Presence(clock);
    presence.restore(Object.values(rows), true);
    clock.advance(30_000);
    presence.seen(rows.there, 'instance');
    presence.seen(rows.gone, 'instance');
    clock.advance(600_000);
    presence.seen(rows.late, 'instance');
    const spells = new Map(presence.takeRest().map((one) => [one.agentId, one.spells]));
    expect(spells.get('agt_1')).toEqual([{ fromMs: nowMs - 300_000, toMs: nowMs + 30_000 }]);
    expect([spells.get('agt_2'), spells.get('agt_3')]).toEqual([[], []]);
  });

  it('calls nobody present while the marketplace was away for longer than minutes', () => {
    const clock = new ManualClock();
    const agent = rowOf('agt_1', clock.nowMs() - 3_600_000);
    const presence = new Presence(clock);
    presence.restore([agent], true);
    clock.advance(30_000);
    const backAtMs = clock.nowMs();
    presence.seen(agent, 'instance');
    clock.advance(25_000);
    presence.seen(agent, 'instance');
    const spells = presence.takeRest().map((one) => one.spells);
    expect(spells).toEqual([[{ fromMs: backAtMs, toMs: backAtMs + 25_000 }]]);
  });

  it('counts once when an agent goes from replica to replica, and loses nothing heard', () => {
    const clock = new ManualClock();
    const startMs = clock.nowMs();
    const agent = rowOf('agt_1', startMs - 20_000);
    const [one, two] = [new Presence(clock), new Presence(clock)];
    for (const presence of [one, two]) presence.restore([agent], false);
    const hear = (presence: Presence) => presence.seen(agent, 'instance');
    const goneTo = (replicaId: string) => {
      const { agentId, wallet, name, instanceId } = agent;
      const who = { agentId, wallet, name, instanceId, offer: null };
      return { ...who, isHere: true, changedAtMs: startMs, replicaId, change: 1, generation: 1 };
    };
    hear(one);
    one.takeUnsaved();
    clock.advance(50_000);
    hear(one);
    clock.advance(10_000);
    // Before either of them has read of it.
    hear(two);
    one.noteElsewhere(goneTo('two'));
    clock.advance(40_000);
    hear(two);
    const left = one.takeUnsaved();
    expect(left).toEqual([
      {
        agentId: 'agt_1',
        instanceId: null,
        offer: null,
        lastSeenAtMs: startMs + 50_000,
        spells: [{ fromMs: startMs, toMs: startMs + 50_000 }],
      },
    ]);
    one.putBack(left);
    expect(one.takeRest()).toEqual(left);
    expect(one.takeRest()).toEqual([]);
    two.noteElsewhere(goneTo('one'));
    clock.advance(10_000);
    hear(one);
    expect(two.takeUnsaved().map(({ spells }) => spells)).toEqual([
      [{ fromMs: startMs + 60_000, toMs: startMs + 100_000 }],
    ]);
    expect(one.takeUnsaved().map(({ spells }) => spells)).toEqual([[]]);
  });

  it('limits the stored offer of an agent that has not said any here', () => {
    const said = testOffer();
    const agent = { ...newAgentRow('agt_1', 'wallet', 0), offer: said };
    const presence = new Presence(new ManualClock(), (_, offer) => ({ ...offer, cpus: 1 }));
    presence.seen(agent, 'instance');
    expect(presence.offerOf(agent)).toEqual({ ...said, cpus: 1 });
  });
});
