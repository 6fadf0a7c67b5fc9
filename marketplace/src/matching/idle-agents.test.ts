import type { Device, Offer } from '@node3/shared/device';
import { placementDefaults, placementStrategies } from '@node3/shared/job-spec';
import { baseUnits } from '@node3/shared/money';
import { ManualClock } from '@node3/shared/testing/manual-clock';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { askForCount } from '../domain/device-asks.ts';
import { qualifyingDevices } from '../domain/fit-gpus.ts';
import { type PlacementFacts, placementRank } from '../domain/placement-strategy.ts';
import { IdleAgents } from './idle-agents.ts';
import { IdleStay } from './idle-stay.ts';
import type { OpenJob } from './open-job.ts';
import { OpenJobs } from './open-jobs.ts';
import { capacity, openJob } from './testing/arbitrary-market.ts';

const standing = fc.record({
  jobsSucceeded: fc.integer({ min: 0, max: 3 }),
  jobsFailed: fc.integer({ min: 0, max: 3 }),
  avgRunSec: fc.option(fc.integer({ min: 1, max: 200 })),
  availability: fc.constant(null),
  startLatency: fc.constant(null),
  completion: fc.constant(null),
});

const agent = fc
  .tuple(fc.integer({ min: 0, max: 9 }), capacity, standing, fc.integer({ min: 0, max: 4 }))
  .map(([number, drawn, known, freeSlots]) => {
    const agentId = `agt_${number}`;
    return new IdleStay({
      agentId,
      agentName: agentId,
      capacity: { ...drawn, agentId, freeSlots },
      standing: known,
      offersMax: 'many',
      claimId: () => 'claim',
      offered: () => undefined,
    });
  });

const posted = fc.tuple(openJob, fc.constantFrom(...placementStrategies)).map(([job, strategy]) => {
  const placement = { ...job.needs.placement, strategy };
  return { ...job, needs: { ...job.needs, placement } };
});

const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('enter' as const), agent }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('leave' as const),
      at: fc.integer({ min: 0, max: 9 }),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('post' as const), job: posted }) },
);

function factsOf({ agent: { agentId, standing: known }, capacity: free }: IdleStay, job: OpenJob) {
  const { freeDeviceIds, freeSlots, offer } = free;
  const { gpus } = job.needs;
  const devices = offer.devices.filter(({ id }) => freeDeviceIds.includes(id));
  const ask =
    gpus === null
      ? null
      : askForCount(offer, qualifyingDevices(gpus, devices, 'refused'), {
          count: gpus.count,
          asset: job.asset,
        });
  const facts = { agentId, freeSlots, slots: offer.slots, ...known, lastLeasedAtMs: null, ask };
  return { ...facts, familiarity: 0 } satisfies PlacementFacts;
}

function rankOf(stay: IdleStay | undefined, job: OpenJob): number | null {
  if (stay === undefined) return null;
  return placementRank(job.needs.placement.strategy, factsOf(stay, job));
}

/** Looks at every agent. */
function scan(stays: Iterable<IdleStay>, job: OpenJob, match: (stay: IdleStay) => boolean) {
  return [...stays]
    .filter((stay) => match(stay))
    .toSorted((a, b) => (rankOf(a, job) ?? 0) - (rankOf(b, job) ?? 0))
    .at(0);
}

it('[4.04] [4.07] finds an agent as good as a look at every one finds, by every strategy', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120, size: 'max' }), (steps) => {
      const idle = new IdleAgents(new ManualClock(), 'refused');
      const stays = new Map<string, IdleStay>();
      const open = new OpenJobs('refused');
      for (const one of steps) {
        if (one.kind === 'enter') {
          const again = new IdleStay(one.agent.agent);
          stays.set(again.agent.agentId, again);
          idle.set(again);
          idle.update(again);
        } else if (one.kind === 'leave') {
          const gone = stays.get(`agt_${one.at}`);
          if (gone !== undefined) idle.delete(gone);
          stays.delete(`agt_${one.at}`);
        } else {
          const place = open.table.add(one.job);
          const { asset, hourlyOffer } = one.job;
          const signature = open.table.signatureOf(place);
          const found = idle.bestFor({ signature, asset, hourlyOffer }, (free) =>
            open.match(place, free, 0),
          );
          const expected = scan(
            stays.values(),
            one.job,
            (stay) => stay.capacity.freeSlots > 0 && open.match(place, stay.capacity, 0) !== null,
          );
          expect(rankOf(found?.stay, one.job)).toBe(rankOf(expected, one.job));
          open.remove(place);
        }
      }
    }),
    { numRuns: 300 },
  );
});

it('[4.18] compares what an agent asks for the GPUs that the job would get, not for cheaper ones', () => {
  const [job] = fc.sample(openJob, { numRuns: 1, seed: 1 });
  const [drawn] = fc.sample(agent, { numRuns: 1, seed: 1 });
  if (job === undefined || drawn === undefined) throw new Error('samples are drawn');
  const usdc = (millionths: number) => ({
    SOL: null,
    USDC: { amount: `0.0000${millionths}`, asset: 'USDC' as const },
  });
  const device = (modelId: string, size: number, computeCapability: string): Device => ({
    id: modelId,
    vendor: 'nvidia',
    model: 'Model',
    modelId,
    memoryBytes: size * 1024 ** 3,
    computeCapability,
    driverVersion: null,
    simulated: false,
  });
  const stayOf = (agentId: string, offer: Pick<Offer, 'devices' | 'asks' | 'classAsks'>) =>
    new IdleStay({
      ...drawn.agent,
      agentId,
      capacity: {
        ...drawn.capacity,
        agentId,
        reservedFor: null,
        freeDeviceIds: offer.devices.map(({ id }) => id),
        freeSlots: 1,
        offer: { ...drawn.capacity.offer, isolation: 'container', requestersBlocked: [], ...offer },
      },
    });
  // Its two cheap GPUs have together what the job needs, and neither has all of it.
  const mixed = stayOf('agt_mixed', {
    devices: [device('m0', 4, '9.0'), device('m1', 24, '7.5'), device('m2', 24, '9.0')],
    asks: usdc(10),
    classAsks: { m2: usdc(30) },
  });
  const even = stayOf('agt_even', { devices: [device('m2', 24, '9.0')], asks: usdc(20) });
  const idle = new IdleAgents(new ManualClock(), 'refused');
  for (const stay of [mixed, even]) {
    idle.set(stay);
    idle.update(stay);
  }
  const open = new OpenJobs('refused');
  const place = open.table.add({
    ...job,
    needs: {
      placement: { ...placementDefaults, strategy: 'cheapest' },
      gpus: { count: 1, memoryBytesMin: 16 * 1024 ** 3, computeCapabilityMin: '8.9' },
      cpus: 0.1,
      memoryBytes: 1,
      diskBytes: 1,
      arch: null,
      isNative: false,
    },
    avoidedAgentIds: [],
    asset: 'USDC',
    hourlyOffer: baseUnits(40n),
  });
  const seeker = { signature: open.table.signatureOf(place), asset: 'USDC' as const };
  const best = () =>
    idle.bestFor({ ...seeker, hourlyOffer: baseUnits(40n) }, (free) => open.match(place, free, 0));
  expect(best()).toMatchObject({
    stay: { agent: { agentId: 'agt_even' } },
    candidate: { ask: 20n },
  });
  idle.delete(even);
  expect(best()).toMatchObject({ candidate: { ask: 30n, devices: [{ id: 'm2' }] } });
});
