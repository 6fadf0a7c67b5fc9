import { fleetOrders, fleetSorts, fleetStatuses } from '@node3/shared/routes/fleet';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FleetQuery, type FleetRow, searchFleet, sortFleet } from './search-fleet.ts';

const row = fc.record({
  name: fc.constantFrom('rig-2', 'rig-10', 'Ångström', 'rig-2 ', ''),
  wallet: fc.constantFrom('W1', 'W2'),
  status: fc.constantFrom(...fleetStatuses),
  state: fc.constantFrom('active', 'draining'),
  provider: fc.constantFrom('default', 'docker-eu'),
  models: fc.array(fc.constantFrom('RTX 4090', 'H100'), { maxLength: 2 }),
  running: fc.integer({ min: 0, max: 3 }),
  slots: fc.option(fc.integer({ min: 0, max: 3 })),
  jobsSucceeded: fc.integer({ min: 0, max: 2 }),
  trust: fc.option(fc.constantFrom(0, 0.1, 0.3, 1)),
  lastSeenAtMs: fc.option(fc.integer({ min: 0, max: 3 })),
});
const fleet = fc
  .array(row, { maxLength: 30 })
  .map((rows) => rows.map((one, index): FleetRow => ({ ...one, agentId: `agt_${index}` })));
const ids = (rows: readonly FleetRow[]) => rows.map(({ agentId }) => agentId);

function allPages(rows: FleetRow[], query: FleetQuery): FleetRow[] {
  const first = searchFleet(rows, query);
  const pages = [...first.rows];
  let { nextCursor } = first;
  while (nextCursor !== null) {
    const page = searchFleet(rows, { ...query, cursor: nextCursor });
    expect(page.rows.length).toBeGreaterThan(0);
    pages.push(...page.rows);
    ({ nextCursor } = page);
  }
  return pages;
}

describe('searchFleet', () => {
  it('shows each agent once over all pages, in the same order as all at once, by any order', () => {
    fc.assert(
      fc.property(
        fleet,
        fc.constantFrom(...fleetSorts),
        fc.integer({ min: 1, max: 7 }),
        (rows, sort, limit) => {
          const pages = allPages(rows, { sort, limit });
          expect(ids(pages)).toEqual(ids(sortFleet(rows, { sort })));
          expect(ids(pages).toSorted()).toEqual(ids(rows).toSorted());
        },
      ),
    );
  });

  it('orders by value, unknown last both ways, and those online as seen now', () => {
    const base: FleetRow = {
      agentId: 'agt_a',
      name: 'rig-10',
      wallet: 'W',
      status: 'offline',
      state: 'active',
      provider: 'default',
      models: [],
      running: 0,
      slots: 4,
      jobsSucceeded: 0,
      trust: 0.5,
      lastSeenAtMs: 5,
    };
    const rows = [
      base,
      { ...base, agentId: 'agt_b', name: 'rig-9', trust: 0.9, lastSeenAtMs: 9 },
      {
        ...base,
        agentId: 'agt_c',
        name: 'RIG-1',
        trust: null,
        status: 'online' as const,
        lastSeenAtMs: 1,
      },
      { ...base, agentId: 'agt_d', name: 'rig-11', trust: 0.1, lastSeenAtMs: null },
    ];
    const sorted = (sort: FleetQuery['sort']) => ids(sortFleet(rows, { ...(sort && { sort }) }));
    expect(sorted('name')).toEqual(['agt_c', 'agt_b', 'agt_a', 'agt_d']);
    expect(sorted('trust')).toEqual(['agt_d', 'agt_a', 'agt_b', 'agt_c']);
    expect(sorted('-trust')).toEqual(['agt_b', 'agt_a', 'agt_d', 'agt_c']);
    expect(sorted(undefined)).toEqual(['agt_c', 'agt_b', 'agt_a', 'agt_d']);
  });

  it('counts what fits and what there is over all agents, not over the page', () => {
    fc.assert(
      fc.property(fleet, (rows) => {
        const { total, facets } = searchFleet(rows, { status: 'online', limit: 1 });
        const online = rows.filter(({ status }) => status === 'online');
        expect(total).toEqual({ found: online.length, agents: rows.length });
        const counted = facets.status.map(({ value, count }) => [value, count]);
        const expected = [...Map.groupBy(rows, ({ status }) => status)];
        expect(new Map(counted as [string, number][])).toEqual(
          new Map(expected.map(([status, all]) => [status, all.length])),
        );
      }),
    );
  });

  it('refuses what is no cursor and finds by a part of a name, an id, a wallet or a model', () => {
    for (const cursor of ['x', Buffer.from('[1]').toString('base64url'), '']) {
      expect(() => searchFleet([], { cursor })).toThrow(/cursor/);
    }
    fc.assert(
      fc.property(fleet, (rows) => {
        const { rows: found } = searchFleet(rows, { q: 'h10', limit: 99 });
        expect(ids(found).toSorted()).toEqual(
          ids(rows.filter(({ models }) => models.includes('H100'))).toSorted(),
        );
      }),
    );
    expect(fleetOrders).toHaveLength(fleetSorts.length / 2);
  });
});
