import { type PlacementStrategy, placementStrategies } from '@node3/shared/job-spec';
import { baseUnits } from '@node3/shared/money';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type PlacementFacts, placementOrder, scoreAgent } from './placement-strategy.ts';

function agent(agentId: string, facts: Partial<PlacementFacts> = {}): PlacementFacts {
  return {
    agentId,
    freeSlots: 4,
    slots: 4,
    jobsSucceeded: 0,
    jobsFailed: 0,
    avgRunSec: null,
    ask: null,
    lastLeasedAtMs: null,
    familiarity: 0,
    ...facts,
  };
}

const firstBy = (strategy: PlacementStrategy, ...agents: PlacementFacts[]) =>
  agents.toSorted(placementOrder(strategy))[0]?.agentId;

describe('the score', () => {
  it('[3.04] [4.03] is that of the seed', () => {
    expect(scoreAgent(agent('new'))).toBe(1);
    const used = agent('used', { freeSlots: 2, jobsSucceeded: 9, jobsFailed: 1, avgRunSec: 120 });
    expect(scoreAgent(used)).toBeCloseTo(0.62, 10);
  });
});

describe('a strategy', () => {
  const busy = { freeSlots: 1 };
  it('[4.07] [4.18] chooses by what it is named for, then by the score', () => {
    expect(firstBy('score', agent('a', busy), agent('b'))).toBe('b');
    const dear = agent('a', { ask: baseUnits(5n) });
    const cheap = agent('b', { ask: baseUnits(3n), ...busy });
    expect(firstBy('cheapest', dear, cheap, agent('c', { ask: baseUnits(3n) }))).toBe('c');
    expect(firstBy('cheapest', dear, cheap, agent('d', busy))).toBe('d');
    expect(firstBy('fastest', agent('a'), agent('b', { avgRunSec: 20, ...busy }))).toBe('b');
    expect(firstBy('least_loaded', agent('a', busy), agent('b', { jobsFailed: 9 }))).toBe('b');
    const recent = agent('a', { lastLeasedAtMs: 2_000 });
    expect(firstBy('round_robin', recent, agent('b', { lastLeasedAtMs: 1_000, ...busy }))).toBe(
      'b',
    );
    expect(firstBy('affinity', agent('a'), agent('b', { familiarity: 2, ...busy }))).toBe('b');
  });

  it('orders any agents the same way, in whatever order they come', () => {
    const facts = fc.record({
      freeSlots: fc.integer({ min: 0, max: 4 }),
      jobsSucceeded: fc.integer({ min: 0, max: 3 }),
      jobsFailed: fc.integer({ min: 0, max: 3 }),
      avgRunSec: fc.option(fc.integer({ min: 1, max: 200 })),
      ask: fc.option(fc.bigInt({ min: 1n, max: 3n }).map(baseUnits)),
      lastLeasedAtMs: fc.option(fc.integer({ min: 1, max: 3 })),
      familiarity: fc.integer({ min: 0, max: 3 }),
    });
    const agents = fc
      .array(facts, { minLength: 2, maxLength: 8 })
      .map((all) => all.map((some, index) => agent(`agt_${index}`, some)));
    fc.assert(
      fc.property(agents, fc.constantFrom(...placementStrategies), (some, strategy) => {
        const order = placementOrder(strategy);
        const ids = (list: PlacementFacts[]) => list.toSorted(order).map(({ agentId }) => agentId);
        expect(ids(some.toReversed())).toEqual(ids(some));
      }),
    );
  });
});
