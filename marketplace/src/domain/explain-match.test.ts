import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { explainMatch } from './explain-match.ts';
import type { AgentFacts } from './fit-placement.ts';
import { fitsEver, type Needs } from './matching.ts';
import type { Relaxation } from './relaxations.ts';
import { agents, needs } from './testing/matching-arbitraries.ts';
import { gib, sampleCapacity, sampleDevice, sampleNeeds } from './testing/matching-samples.ts';

/** Few of the worlds have an agent that a single change lets in. */
const manyRuns = 2_000;

const groupOfEach = (all: readonly AgentFacts[]) =>
  all.map((agent) => ({ offer: agent.offer, agents: [agent] }));
const explain = (job: Needs, all: readonly AgentFacts[]) =>
  explainMatch(job, groupOfEach(all), 'refused');
const countFitting = (job: Needs, all: readonly AgentFacts[]) =>
  all.filter((agent) => fitsEver(job, agent, 'refused').fits).length;

/** The job with one field changed, as a person would who follows the advice. */
function follow(job: Needs, { pointer, value }: Pick<Relaxation, 'pointer' | 'value'>): Needs {
  if (pointer === '/network') {
    const { egressHosts: _hosts, ...rest } = job;
    return rest;
  }
  const changed = structuredClone(job) as unknown as Record<string, unknown>;
  const path = pointer.slice(1).split('/');
  const field = path.pop() ?? '';
  const parent = path.reduce((at, part) => at[part] as Record<string, unknown>, changed);
  if (value !== null) parent[field] = value;
  else if (field === 'labels') parent[field] = {};
  else if (field.endsWith('Blocked')) parent[field] = [];
  else if (path.at(-1) === 'gpus') delete parent[field];
  else parent[field] = null;
  return changed as unknown as Needs;
}

describe('an explanation', () => {
  it('[4.14] finds exactly the agents that fit, and its counts add up', () => {
    fc.assert(
      fc.property(needs, agents, (job, all) => {
        const { agents: counted, constraints, fitting } = explain(job, all);
        expect(counted).toBe(all.length);
        expect(fitting.length).toBe(countFitting(job, all));
        for (const { passes, fails, failsOnlyThis } of constraints) {
          expect(passes + fails).toBe(all.length);
          expect(failsOnlyThis).toBeLessThanOrEqual(fails);
        }
        const failsOnly = constraints.reduce((sum, one) => sum + one.failsOnlyThis, 0);
        expect(failsOnly + fitting.length).toBeLessThanOrEqual(all.length);
        if (fitting.length < all.length) expect(constraints[0]?.fails).toBeGreaterThan(0);
      }),
    );
  });

  it('promises no more than what following its advice gives', () => {
    fc.assert(
      fc.property(needs, agents, (job, all) => {
        const { fitting, relaxations } = explain(job, all);
        for (const relaxation of relaxations) {
          const now = countFitting(follow(job, relaxation), all);
          expect(now, JSON.stringify(relaxation)).toBe(fitting.length + relaxation.agents);
        }
      }),
      { numRuns: manyRuns },
    );
  });

  it('says the same however the agents are grouped', () => {
    const eight = sampleDevice({ memoryBytes: 8 * gib });
    const alike = [1, 2, 3].map((cpus) => sampleCapacity({ cpus, devices: [eight] }));
    const [first] = alike;
    const job = sampleNeeds({
      resources: { cpus: 2, gpus: { count: 1, memoryBytesMin: 24 * gib } },
    });
    const together = explainMatch(
      job,
      first === undefined ? [] : [{ offer: first.offer, agents: alike }],
      'refused',
    );
    expect(together).toEqual(explain(job, alike));
    expect(together.relaxations).toEqual([
      {
        constraint: 'gpu_memory',
        pointer: '/resources/gpus/memoryBytesMin',
        value: 8 * gib,
        agents: 2,
        askMin: null,
      },
    ]);
  });

  it('proposes the memory that as many GPUs have as the job asks for', () => {
    const devices = [24, 8].map((size, id) =>
      sampleDevice({ id: `GPU-${id}`, memoryBytes: size * gib }),
    );
    const gpus = { count: 2, memoryBytesMin: 24 * gib };
    const { relaxations } = explain(sampleNeeds({ resources: { gpus } }), [
      sampleCapacity({ devices }),
    ]);
    expect(relaxations.map(({ constraint, value }) => [constraint, value])).toEqual([
      ['gpu_memory', 8 * gib],
      ['gpu_count', 1],
    ]);
  });

  it('proposes one GPU where there are only slices of cards', () => {
    const devices = ['MIG-1', 'MIG-2'].map((id) => sampleDevice({ id }));
    const { relaxations } = explain(sampleNeeds({ resources: { gpus: { count: 2 } } }), [
      sampleCapacity({ devices }),
    ]);
    expect(relaxations).toMatchObject([{ constraint: 'gpu_count', value: 1, agents: 1 }]);
  });

  it('tells what excludes most, and what the agents that a change lets in ask for', () => {
    const asks = { SOL: { amount: '3', asset: 'SOL' as const }, USDC: null };
    const dear = sampleCapacity({ asks, region: 'eu' });
    const far = [1, 2, 3].map(() => sampleCapacity({ asks, region: 'us' }));
    const asset = 'SOL' as const;
    const job = sampleNeeds({
      resources: { gpus: { count: 1 } },
      placement: { regions: ['eu'] },
      price: {
        kind: 'metered',
        bidPerGpuHour: { amount: '2', asset },
        cap: { amount: '9', asset },
      },
    });
    const { constraints, relaxations } = explain(job, [dear, ...far]);
    expect(constraints.slice(0, 2)).toMatchObject([
      { constraint: 'price', fails: 4, failsOnlyThis: 1 },
      { constraint: 'region', passes: 1, fails: 3, failsOnlyThis: 0 },
    ]);
    expect(relaxations).toEqual([
      {
        constraint: 'price',
        pointer: '/price/bidPerGpuHour/amount',
        value: '3',
        agents: 1,
        askMin: { amount: '3', asset: 'SOL' },
      },
    ]);
  });
});
